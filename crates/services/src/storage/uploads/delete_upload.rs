//! Giving up a file that comes in parts.

use mainstay_domain::{BlobStatus, Principal, UploadId};

use crate::storage::{StorageError, StorageService};

impl StorageService {
    /// Removes an upload of the caller's own and the octets that came. A file that it became stays.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.delete_upload", skip_all)]
    pub async fn delete_upload(&self, caller: &Principal, id: UploadId) -> Result<(), StorageError> {
        let upload = self.get_upload(caller, id).await?;
        let unit = self.ports.store.begin().await?;
        let parts = unit.uploads().parts(id).await?;
        if !unit.uploads().delete(id, upload.owner).await? {
            return Err(StorageError::NotFound);
        }
        let now = self.ports.clock.now();
        for part in parts {
            let (from, to) = (BlobStatus::Writing, BlobStatus::Dead);
            unit.blobs().set_status(part.blob, from, to, now).await?;
        }
        unit.commit().await?;
        Ok(())
    }
}
