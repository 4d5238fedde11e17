//! Calling off a deletion of many files.

use mainstay_domain::{BucketName, DeletionStatus, FileDeletionId, Principal};

use crate::storage::{StorageError, StorageService};

impl StorageService {
    /// Calls off a deletion that the caller asked for. What is gone stays gone; of the page that is
    /// being deleted either all files go or none.
    ///
    /// # Errors
    /// `NotFound`, `DeletionEnded`, `Failure`.
    #[tracing::instrument(name = "storage.cancel_deletion", skip_all)]
    pub async fn cancel_deletion(
        &self,
        caller: &Principal,
        (bucket, id): (&BucketName, FileDeletionId),
    ) -> Result<(), StorageError> {
        let deletion = self.get_deletion(caller, (bucket, id)).await?;
        let now = self.ports.clock.now();
        let deletions = self.ports.store.read().file_deletions();
        if deletions.end(deletion.id, DeletionStatus::Cancelled, now).await? {
            return Ok(());
        }
        Err(StorageError::DeletionEnded)
    }
}
