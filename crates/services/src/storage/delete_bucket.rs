//! Removing a bucket.

use mainstay_domain::{AuditKind, BucketName, Origin, Principal, Version};
use mainstay_repositories::{RepositoryError, constraint};

use super::{StorageError, StorageService};
use crate::ports::ObjectError;

impl StorageService {
    /// Removes a bucket without files; asks for the permission `storage:buckets`.
    ///
    /// # Errors
    /// `NotFound`, `BucketNotEmpty`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "storage.delete_bucket", skip_all)]
    pub async fn delete_bucket(
        &self,
        actor: &Principal,
        (name, expected): (&BucketName, Option<Version>),
        origin: &Origin,
    ) -> Result<(), StorageError> {
        let bucket = self.bucket_in_version(name, expected).await?;
        let event = self
            .event(AuditKind::BucketDeleted, actor.user.id, name.as_str(), origin)
            .by(actor);
        let unit = self.ports.store.begin().await?;
        if !unit.buckets().delete(bucket.id).await.map_err(not_empty)? {
            return Err(StorageError::NotFound);
        }
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.remove_from_store(name).await;
        Ok(())
    }

    /// What files left behind may still lie there; the sweep removes that, and an empty bucket
    /// does no harm.
    async fn remove_from_store(&self, name: &BucketName) {
        match self.ports.objects.delete_bucket(name).await {
            Ok(()) | Err(ObjectError::NotEmpty) => {}
            Err(error) => tracing::warn!(bucket = %name, %error, "a bucket was left in the object store"),
        }
    }
}

fn not_empty(error: RepositoryError) -> StorageError {
    if error.is_conflict(constraint::REFERENCE) {
        return StorageError::BucketNotEmpty;
    }
    error.into()
}
