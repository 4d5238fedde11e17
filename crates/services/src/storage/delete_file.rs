//! Removing a file.

use mainstay_domain::{AuditKind, Bucket, BucketName, File, ObjectKey, Origin, Principal};
use mainstay_repositories::UnitOfWork;

use super::{
    Condition, FILE_DELETED_JOB, StorageError, StorageService,
    access::{Writer, writing},
    erase::remove,
    place::place_of,
    service::MAX_RACES,
};

impl StorageService {
    /// Removes a file that the caller may write. Its octets go within the hour.
    ///
    /// # Errors
    /// `NotFound`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "storage.delete_file", skip_all)]
    pub async fn delete_file(
        &self,
        caller: &Principal,
        (bucket, key): (&BucketName, &ObjectKey),
        condition: &Condition,
        origin: &Origin,
    ) -> Result<(), StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        let writer = writing(caller, &bucket)?;
        for _ in 0..MAX_RACES {
            let file = writer.reach.find(self.file_at(&bucket, key).await?)?;
            condition.check(Some(&file))?;
            let unit = self.ports.store.begin().await?;
            if !remove(&*unit, &file, self.ports.clock.now()).await? {
                continue;
            }
            self.note_removal(&*unit, (&bucket, &file), writer, origin)
                .await?;
            self.announce(&*unit, &FILE_DELETED_JOB, (&bucket, &file)).await?;
            unit.commit().await?;
            return Ok(());
        }
        Err(StorageError::VersionMismatch)
    }

    /// What somebody does with their own files is nobody's business.
    pub(super) async fn note_removal(
        &self,
        unit: &dyn UnitOfWork,
        (bucket, file): (&Bucket, &File),
        writer: Writer,
        origin: &Origin,
    ) -> Result<(), StorageError> {
        if file.owner == Some(writer.user) {
            return Ok(());
        }
        let mut event = self.event(
            AuditKind::FileDeleted,
            writer.user,
            place_of(bucket, file),
            origin,
        );
        event.api_key_id = writer.api_key;
        event.subject_id = file.owner;
        unit.audit_events().append(&event).await?;
        Ok(())
    }
}
