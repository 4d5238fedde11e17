//! Listing deletions of many files.

use mainstay_domain::{BucketName, FileDeletion, Page, PageRequest, Principal};

use crate::storage::{StorageError, StorageService, access::writing};

impl StorageService {
    /// The deletions that the caller asked for in a bucket, newest first.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.list_deletions", skip_all)]
    pub async fn list_deletions(
        &self,
        caller: &Principal,
        bucket: &BucketName,
        page: &PageRequest,
    ) -> Result<Page<FileDeletion>, StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        let writer = writing(caller, &bucket)?;
        let deletions = self.ports.store.read().file_deletions();
        Ok(deletions.list(writer.user, Some(bucket.id), page).await?)
    }
}
