//! Giving up a direct upload.

use mainstay_domain::{BucketName, Principal, UploadId};

use crate::storage::{StorageError, StorageService};

impl StorageService {
    /// Forgets an upload of the caller's own and removes what arrived. A file that it became stays.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.delete_direct_upload", skip_all)]
    pub async fn delete_direct_upload(
        &self,
        caller: &Principal,
        place: (&BucketName, UploadId),
    ) -> Result<(), StorageError> {
        let own = self.own_direct_upload(caller, place).await?;
        let uploads = self.ports.store.read().uploads();
        if !uploads.delete(own.upload.id, own.upload.owner).await? {
            return Err(StorageError::NotFound);
        }
        self.empty_staging(&own.bucket, &own.direct).await;
        Ok(())
    }
}
