//! How far a deletion of many files has got.

use mainstay_domain::{BucketName, FileDeletion, FileDeletionId, Principal};

use crate::storage::{StorageError, StorageService, access::writing};

impl StorageService {
    /// A deletion that the caller asked for, until some time after it ended.
    ///
    /// # Errors
    /// `NotFound` also for somebody else's, and without the right to write in the bucket any more;
    /// `Failure`.
    #[tracing::instrument(name = "storage.get_deletion", skip_all)]
    pub async fn get_deletion(
        &self,
        caller: &Principal,
        (bucket, id): (&BucketName, FileDeletionId),
    ) -> Result<FileDeletion, StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        let writer = writing(caller, &bucket)?;
        let found = self.ports.store.read().file_deletions().find(id).await?;
        let own = found.filter(|found| found.owner == writer.user && found.bucket_id == bucket.id);
        own.ok_or(StorageError::NotFound)
    }
}
