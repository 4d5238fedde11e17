//! Listing files.

use mainstay_domain::{BucketName, FileEntry, FileQuery, Page, Principal};

use super::{StorageError, StorageService, access::reading};

impl StorageService {
    /// The files of a bucket that the caller may read, by key. The query's owner is ours to set.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.list_files", skip_all)]
    pub async fn list_files(
        &self,
        caller: &Principal,
        bucket: &BucketName,
        mut query: FileQuery,
    ) -> Result<Page<FileEntry>, StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        query.owner = reading(caller, &bucket)?.owner();
        Ok(self.ports.store.read().files().list(bucket.id, &query).await?)
    }
}
