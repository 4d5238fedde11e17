//! Copying a file.

use mainstay_domain::{
    Blob, Bucket, BucketName, File, FileStatus, MediaPattern, ObjectKey, Origin, Principal,
};

use super::{
    Condition, Placed, StorageError, StorageService,
    access::{Writer, reading, writing},
    blob::object_key,
    place::{Content, Placement},
};

/// From where to where.
#[derive(Debug, Clone)]
pub struct Copying {
    /// The bucket that the file is in.
    pub bucket: BucketName,
    /// Its key.
    pub from: ObjectKey,
    /// The bucket that it goes to.
    pub to_bucket: BucketName,
    /// Its key there.
    pub to: ObjectKey,
    /// Whether a file that is there is replaced.
    pub overwrite: bool,
}

impl Copying {
    pub(super) fn condition(&self) -> Condition {
        if self.overwrite {
            Condition::None
        } else {
            Condition::Absent
        }
    }
}

impl StorageService {
    /// Copies a file that the caller may read to where they may write. The object store copies the
    /// octets by itself.
    ///
    /// # Errors
    /// `NotFound`, `FileExists`, `KeyTaken`, `FileTooLarge`, `TypeNotAllowed`, `QuotaExceeded`,
    /// `Quarantined`, `Full`, `Failure`.
    #[tracing::instrument(name = "storage.copy_file", skip_all)]
    pub async fn copy_file(
        &self,
        caller: &Principal,
        copying: &Copying,
        origin: &Origin,
    ) -> Result<Placed, StorageError> {
        let bucket = self.bucket_named(&copying.bucket).await?;
        let file = reading(caller, &bucket)?.find(self.file_at(&bucket, &copying.from).await?)?;
        let target = self.bucket_named(&copying.to_bucket).await?;
        let writer = writing(caller, &target)?;
        let blob = self.copy_blob(&bucket, &file, &target).await?;
        let placed = self
            .place_copy((&target, writer, &blob), &file, copying, origin)
            .await;
        if placed.is_err() {
            self.give_up(blob.id).await;
        }
        placed.map_err(exists)
    }

    async fn place_copy(
        &self,
        (bucket, writer, blob): (&Bucket, Writer, &Blob),
        file: &File,
        copying: &Copying,
        origin: &Origin,
    ) -> Result<Placed, StorageError> {
        self.place(&Placement {
            bucket,
            key: &copying.to,
            writer,
            blob,
            content: Content {
                size: file.size,
                media_type: file.media_type.clone(),
                declared_type: file.declared_type.clone(),
                sha256: file.sha256,
                metadata: Some(file.metadata.clone()),
            },
            condition: &copying.condition(),
            ends: None,
            origin,
        })
        .await
    }

    /// A blob in another bucket, or in the same, with the octets of a file.
    pub(super) async fn copy_blob(
        &self,
        bucket: &Bucket,
        file: &File,
        target: &Bucket,
    ) -> Result<Blob, StorageError> {
        allowed(target, file)?;
        let blob = self.new_blob(&target.name).await?;
        let (from, to) = (object_key(file.blob)?, object_key(blob.id)?);
        let copied = self
            .ports
            .objects
            .copy((&bucket.name, &from), (&target.name, &to))
            .await;
        if copied.is_err() {
            self.give_up(blob.id).await;
        }
        copied?;
        Ok(blob)
    }
}

/// Whether a bucket takes such a file.
fn allowed(bucket: &Bucket, file: &File) -> Result<(), StorageError> {
    if file.status != FileStatus::Ready {
        return Err(StorageError::Quarantined);
    }
    let limits = &bucket.limits;
    if let Some(most) = limits.file_size.filter(|most| file.size > *most) {
        let most = most.unsigned_abs();
        return Err(StorageError::FileTooLarge { most });
    }
    let matches = |pattern: &MediaPattern| pattern.matches(&file.media_type);
    if limits.types.is_empty() || limits.types.iter().any(matches) {
        return Ok(());
    }
    Err(StorageError::TypeNotAllowed(file.media_type.clone()))
}

/// The only condition of a copy is that nothing is there.
pub(super) fn exists(error: StorageError) -> StorageError {
    match error {
        StorageError::VersionMismatch => StorageError::FileExists,
        error => error,
    }
}
