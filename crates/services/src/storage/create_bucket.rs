//! Making a bucket.

use mainstay_domain::{AuditKind, Bucket, BucketId, BucketLimits, BucketName, Origin, Principal};
use mainstay_repositories::{RepositoryError, constraint};

use super::{StorageError, StorageService};

/// What avatars lie in, which is no bucket that anybody could manage.
pub(crate) const AVATAR_BUCKET: &str = "mainstay-avatars";

/// A bucket to be made.
#[derive(Debug, Clone)]
pub struct NewBucket {
    /// What to call it; never changes.
    pub name: BucketName,
    /// Whether anybody may read its files without logging in.
    pub public: bool,
    /// Whether every user may keep files of their own in it.
    pub open: bool,
    /// What may be kept.
    pub limits: BucketLimits,
}

impl StorageService {
    /// Makes a bucket; asks for the permission `storage:buckets`.
    ///
    /// # Errors
    /// `BucketTaken`, `Full`, `Failure`.
    #[tracing::instrument(name = "storage.create_bucket", skip_all)]
    pub async fn create_bucket(
        &self,
        actor: &Principal,
        new: NewBucket,
        origin: &Origin,
    ) -> Result<Bucket, StorageError> {
        if new.name.as_str() == AVATAR_BUCKET {
            return Err(StorageError::BucketTaken);
        }
        let event = self
            .event(AuditKind::BucketCreated, actor.user.id, new.name.as_str(), origin)
            .by(actor);
        let bucket = Bucket {
            id: BucketId(self.ports.entropy.id(event.at)),
            name: new.name,
            public: new.public,
            open: new.open,
            limits: new.limits,
            used: 0,
            files: 0,
            url_epoch: 0,
            version: 1,
            created_at: event.at,
            updated_at: event.at,
        };
        // One that is left over if the rest fails is empty, and is taken over by the next try.
        self.ports.objects.create_bucket(&bucket.name).await?;
        let unit = self.ports.store.begin().await?;
        unit.buckets().insert(&bucket).await.map_err(taken)?;
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(bucket)
    }
}

fn taken(error: RepositoryError) -> StorageError {
    if error.is_conflict(constraint::BUCKETS_NAME) {
        return StorageError::BucketTaken;
    }
    error.into()
}
