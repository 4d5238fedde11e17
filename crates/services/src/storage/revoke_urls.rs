//! Making every signed URL of a bucket worthless.

use mainstay_domain::{AuditKind, BucketName, Origin, Principal};

use super::{StorageError, StorageService, service::MAX_RACES};

impl StorageService {
    /// Makes every signed URL of a bucket worthless; asks for the permission `storage:buckets`.
    ///
    /// # Errors
    /// `NotFound`, `VersionMismatch` if others change the bucket all the time, `Failure`.
    #[tracing::instrument(name = "storage.revoke_urls", skip_all)]
    pub async fn revoke_urls(
        &self,
        actor: &Principal,
        name: &BucketName,
        origin: &Origin,
    ) -> Result<(), StorageError> {
        let event = self
            .event(AuditKind::SignedUrlsRevoked, actor.user.id, name.as_str(), origin)
            .by(actor);
        for _ in 0..MAX_RACES {
            let mut bucket = self.bucket_named(name).await?;
            bucket.url_epoch = bucket.url_epoch.wrapping_add(1);
            bucket.updated_at = event.at;
            let unit = self.ports.store.begin().await?;
            if !unit.buckets().update(&bucket).await? {
                continue;
            }
            unit.audit_events().append(&event).await?;
            unit.commit().await?;
            return Ok(());
        }
        Err(StorageError::VersionMismatch)
    }
}
