//! Making a file of what a client sent to the object store.

use futures::StreamExt as _;
use mainstay_domain::{Blob, BucketName, MediaType, Origin, Principal, Sha256, UploadId};

use super::own_direct_upload::Own;
use crate::{
    ports::{ObjectError, ObjectRead},
    storage::{
        Placed, StorageError, StorageService,
        blob::object_key,
        place::may_replace,
        uploads::{Whole, new_upload},
    },
};

impl StorageService {
    /// Makes a file of what arrived, if it is what was announced: the same checks, counts, conditions,
    /// scan and events as for any other upload. `sha256` is a checksum that the client knows only now.
    ///
    /// All octets are read once: only so are checksum and type true.
    ///
    /// # Errors
    /// `NotFound`, `UploadCompleted`, `NothingArrived`, `SizeMismatch`, `ChecksumMismatch`,
    /// `TypeNotAllowed`, `FileTooLarge`, and what [`crate::storage::Upload::finish`] has besides. What
    /// can never become the file is removed; it may be sent again until the URL ends.
    #[tracing::instrument(name = "storage.complete_direct_upload", skip_all)]
    pub async fn complete_direct_upload(
        &self,
        caller: &Principal,
        place: (&BucketName, UploadId),
        sha256: Option<Sha256>,
        origin: &Origin,
    ) -> Result<Placed, StorageError> {
        let own = self.own_direct_upload(caller, place).await?;
        if own.upload.finished {
            return Err(StorageError::UploadCompleted);
        }
        match self.make_file(&own, sha256, origin).await {
            Ok(placed) => {
                self.empty_staging(&own.bucket, &own.direct).await;
                Ok(placed)
            }
            // Another call made the file; this one's octets were gone then, or the same.
            Err(_) if self.finished_elsewhere(&own.upload).await.is_some() => {
                Err(StorageError::UploadCompleted)
            }
            Err(error) => {
                if is_hopeless(&error) {
                    self.empty_staging(&own.bucket, &own.direct).await;
                }
                Err(error)
            }
        }
    }

    async fn make_file(
        &self,
        own: &Own,
        sha256: Option<Sha256>,
        origin: &Origin,
    ) -> Result<Placed, StorageError> {
        self.is_worth_a_look(own).await?;
        let blob = self.copy_staging(own).await?;
        let placed = self.look_and_place(own, &blob, sha256, origin).await;
        if placed.is_err() {
            self.give_up(blob.id).await;
        }
        placed
    }

    /// What is known without reading anything.
    async fn is_worth_a_look(&self, own: &Own) -> Result<(), StorageError> {
        let new = new_upload(&own.bucket, &own.upload);
        self.room_for(&own.bucket, &new)?;
        let there = self.file_at(&own.bucket, &own.upload.key).await?;
        may_replace(own.writer, &new.condition, there.as_ref())?;
        let staging = object_key(own.direct.staging)?;
        let arrived = self.ports.objects.head(&own.bucket.name, &staging).await?;
        is_as_long(own, arrived.ok_or(StorageError::NothingArrived)?.size)
    }

    /// A blob with what arrived. It is copied before it is looked at, not behind it: the client could
    /// put something else there in between.
    async fn copy_staging(&self, own: &Own) -> Result<Blob, StorageError> {
        let name = &own.bucket.name;
        let blob = self.new_blob(name).await?;
        let (from, to) = (object_key(own.direct.staging)?, object_key(blob.id)?);
        match self.ports.objects.copy((name, &from), (name, &to)).await {
            Ok(()) => Ok(blob),
            Err(error) => {
                self.give_up(blob.id).await;
                Err(match error {
                    ObjectError::NotFound => StorageError::NothingArrived,
                    error => error.into(),
                })
            }
        }
    }

    async fn look_and_place(
        &self,
        own: &Own,
        blob: &Blob,
        sha256: Option<Sha256>,
        origin: &Origin,
    ) -> Result<Placed, StorageError> {
        let key = object_key(blob.id)?;
        let read = self.ports.objects.read(&own.bucket.name, &key, None).await?;
        is_as_long(own, read.size)?;
        let found = look_at(read, own.upload.declared_type.as_ref()).await?;
        if sha256.is_some_and(|announced| announced != found.1) {
            return Err(StorageError::ChecksumMismatch);
        }
        let target = (own.bucket.clone(), own.writer);
        self.place_whole(target, &own.upload, (blob, &found), origin)
            .await
    }
}

/// Type and checksum of octets. The store holds a stream to the size that it told.
async fn look_at(
    mut read: ObjectRead,
    declared: Option<&MediaType>,
) -> Result<(MediaType, Sha256), StorageError> {
    let mut whole = Whole::new();
    while let Some(octets) = read.body.next().await {
        whole.take(&octets?);
    }
    Ok(whole.found(declared)?)
}

fn is_as_long(own: &Own, arrived: u64) -> Result<(), StorageError> {
    if i64::try_from(arrived) == Ok(own.upload.length) {
        return Ok(());
    }
    Err(StorageError::SizeMismatch { arrived })
}

/// Whether what arrived can never become the file, whatever else changes.
fn is_hopeless(error: &StorageError) -> bool {
    matches!(
        error,
        StorageError::SizeMismatch { .. }
            | StorageError::ChecksumMismatch
            | StorageError::TypeNotAllowed(_)
            | StorageError::FileTooLarge { .. }
    )
}
