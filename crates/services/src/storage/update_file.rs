//! Changing what is said about a file.

use mainstay_domain::{BucketName, File, FileMetadata, ObjectKey, Principal, Version};

use super::{StorageError, StorageService, access::writing, service::MAX_RACES};

/// Changes to what is said about a file.
#[derive(Debug, Clone, Default)]
pub struct FileChanges {
    /// All of its metadata.
    pub metadata: Option<FileMetadata>,
}

impl StorageService {
    /// Changes what is said about a file that the caller may write.
    ///
    /// # Errors
    /// `NotFound`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "storage.update_file", skip_all)]
    pub async fn update_file(
        &self,
        caller: &Principal,
        (bucket, key): (&BucketName, &ObjectKey),
        expected: Option<Version>,
        changes: FileChanges,
    ) -> Result<File, StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        let reach = writing(caller, &bucket)?.reach;
        for _ in 0..MAX_RACES {
            let mut file = reach.find(self.file_at(&bucket, key).await?)?;
            if expected.is_some_and(|version| version != file.version) {
                break;
            }
            if let Some(metadata) = &changes.metadata {
                file.metadata.clone_from(metadata);
            }
            file.updated_at = self.ports.clock.now();
            if self.ports.store.read().files().update(&file).await? {
                file.version += 1;
                return Ok(file);
            }
        }
        Err(StorageError::VersionMismatch)
    }
}
