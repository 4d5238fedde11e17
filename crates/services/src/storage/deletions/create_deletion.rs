//! Asking that many files be deleted.

use mainstay_domain::{
    Bucket, BucketName, DeletionStatus, FileDeletion, FileDeletionId, KeyPrefix, Origin, Principal,
};
use mainstay_repositories::{RepositoryError, constraint};

use crate::{
    Failure,
    storage::{
        StorageError, StorageService,
        access::{Reach, Writer, writing},
    },
};

/// How many deletions of one user may be under way.
const MOST_UNDER_WAY: u32 = 10;

/// Which files are to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeletion {
    /// Where.
    pub bucket: BucketName,
    /// What their keys begin with; the empty prefix means every file.
    pub prefix: KeyPrefix,
}

impl StorageService {
    /// Writes down that the files under a prefix which the caller may delete are to go. They do so
    /// in a job; those that are written or changed from now on stay.
    ///
    /// # Errors
    /// `NotFound`, `TooManyDeletions`, `Failure`.
    #[tracing::instrument(name = "storage.create_deletion", skip_all)]
    pub async fn create_deletion(
        &self,
        caller: &Principal,
        new: NewDeletion,
        origin: &Origin,
    ) -> Result<FileDeletion, StorageError> {
        let bucket = self.bucket_named(&new.bucket).await?;
        let writer = writing(caller, &bucket)?;
        let total = self.known_total(&bucket, writer, &new.prefix).await?;
        let now = self.ports.clock.now();
        let deletion = FileDeletion {
            id: FileDeletionId(self.ports.entropy.id(now)),
            bucket_id: bucket.id,
            prefix: new.prefix,
            owner: writer.user,
            api_key_id: writer.api_key,
            everybody: writer.reach == Reach::Everything,
            origin: origin.clone(),
            status: DeletionStatus::Pending,
            deleted: 0,
            total,
            reached: None,
            step: 0,
            created_at: now,
            moved_at: now,
            finished_at: None,
        };
        let unit = self.ports.store.begin().await?;
        let kept = unit.file_deletions().insert(&deletion, MOST_UNDER_WAY).await;
        if !kept.map_err(gone)? {
            return Err(StorageError::TooManyDeletions);
        }
        self.order_deletion(&*unit, deletion.id).await?;
        unit.commit().await?;
        Ok(deletion)
    }

    /// How many files there are, where somebody counts them anyway: in the whole bucket.
    async fn known_total(
        &self,
        bucket: &Bucket,
        writer: Writer,
        prefix: &KeyPrefix,
    ) -> Result<Option<i64>, Failure> {
        if !prefix.as_str().is_empty() {
            return Ok(None);
        }
        let Some(owner) = writer.reach.owner() else {
            return Ok(Some(bucket.files));
        };
        let files = self.ports.store.read().files();
        Ok(Some(files.usage(owner, Some(bucket.id)).await?.files))
    }
}

/// The bucket, or the account, was removed meanwhile.
fn gone(error: RepositoryError) -> StorageError {
    if error.is_conflict(constraint::REFERENCE) {
        return StorageError::NotFound;
    }
    error.into()
}
