//! Changing the rules of a bucket.

use mainstay_domain::{AuditKind, Bucket, BucketName, MediaPattern, Origin, Principal, Version};

use super::{StorageError, StorageService};

/// Changes to a bucket; what is left out stays. They hold for what is written from now on.
#[derive(Debug, Clone, Default)]
pub struct BucketChanges {
    /// Whether anybody may read its files without logging in.
    pub public: Option<bool>,
    /// Whether every user may keep files of their own in it.
    pub open: Option<bool>,
    /// The largest file, in octets; `Some(None)` for no limit of its own.
    pub file_size: Option<Option<i64>>,
    /// All files together, in octets; `Some(None)` for no quota.
    pub quota: Option<Option<i64>>,
    /// Only these types; empty for any.
    pub types: Option<Vec<MediaPattern>>,
}

impl BucketChanges {
    fn apply(self, bucket: &mut Bucket) {
        bucket.public = self.public.unwrap_or(bucket.public);
        bucket.open = self.open.unwrap_or(bucket.open);
        let limits = &mut bucket.limits;
        limits.file_size = self.file_size.unwrap_or(limits.file_size);
        limits.quota = self.quota.unwrap_or(limits.quota);
        if let Some(types) = self.types {
            limits.types = types;
        }
    }
}

impl StorageService {
    /// Changes a bucket; asks for the permission `storage:buckets`.
    ///
    /// # Errors
    /// `NotFound`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "storage.update_bucket", skip_all)]
    pub async fn update_bucket(
        &self,
        actor: &Principal,
        (name, expected): (&BucketName, Option<Version>),
        changes: BucketChanges,
        origin: &Origin,
    ) -> Result<Bucket, StorageError> {
        let mut bucket = self.bucket_in_version(name, expected).await?;
        changes.apply(&mut bucket);
        let event = self
            .event(AuditKind::BucketUpdated, actor.user.id, name.as_str(), origin)
            .by(actor);
        bucket.updated_at = event.at;
        let unit = self.ports.store.begin().await?;
        if !unit.buckets().update(&bucket).await? {
            return Err(StorageError::VersionMismatch);
        }
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        bucket.version += 1;
        Ok(bucket)
    }

    /// The bucket, if it is the version the caller knows.
    pub(super) async fn bucket_in_version(
        &self,
        name: &BucketName,
        expected: Option<Version>,
    ) -> Result<Bucket, StorageError> {
        let bucket = self.bucket_named(name).await?;
        if expected.is_some_and(|version| version != bucket.version) {
            return Err(StorageError::VersionMismatch);
        }
        Ok(bucket)
    }
}
