//! Listing buckets.

use mainstay_domain::{Bucket, Page, PageRequest};

use super::{StorageError, StorageService};

impl StorageService {
    /// Every bucket, by name; asks for the permission `storage:buckets`.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "storage.list_buckets", skip_all)]
    pub async fn list_buckets(&self, page: &PageRequest) -> Result<Page<Bucket>, StorageError> {
        Ok(self.ports.store.read().buckets().list(page).await?)
    }
}
