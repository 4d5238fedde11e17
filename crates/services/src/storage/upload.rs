//! Writing a file.

use aws_lc_rs::digest;
use bytes::Bytes;
use chrono::Duration;
use mainstay_domain::{
    Blob, Bucket, BucketName, FileMetadata, MediaType, ObjectKey, Origin, Principal, Sha256, Timestamp,
    UploadId,
};

use super::{
    Condition, Placed, StorageError, StorageService,
    access::{Writer, writing},
    place::{Content, Placement, may_replace},
    sniff::{self, HEAD},
};
use crate::{Failure, ports::ObjectWriter};

/// From how many octets on it is worth a statement to refuse an upload before it begins.
const WORTH_ASKING: u64 = 1 << 20;
/// How often a long upload tells that it is still alive.
pub(super) const SIGN_OF_LIFE: Duration = Duration::hours(1);

/// A file to be written.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Where.
    pub bucket: BucketName,
    /// Under which key.
    pub key: ObjectKey,
    /// What the client says it is.
    pub declared_type: Option<MediaType>,
    /// How many octets the client says there are.
    pub length: Option<u64>,
    /// Their checksum, as the client says.
    pub sha256: Option<Sha256>,
    /// What the client says about it; nothing keeps what is there.
    pub metadata: Option<FileMetadata>,
    /// What must be true of the file that is there.
    pub condition: Condition,
}

/// A file that is being written. Dropping it leaves nothing that anybody could read; better say
/// [`Upload::give_up`].
pub struct Upload<'a> {
    service: &'a StorageService,
    bucket: Bucket,
    new: NewUpload,
    writer: Writer,
    blob: Blob,
    object: Box<dyn ObjectWriter>,
    digest: digest::Context,
    /// The first octets.
    head: Vec<u8>,
    received: u64,
    most: u64,
    quota: u64,
    alive_at: Timestamp,
    /// The resumable upload that ends with it.
    pub(super) ends: Option<UploadId>,
}

impl StorageService {
    /// Begins to write a file, in the name of the caller. What cannot end well is refused here.
    ///
    /// # Errors
    /// `NotFound`, `KeyTaken`, `VersionMismatch`, `FileTooLarge`, `QuotaExceeded`, `Full`, `Failure`.
    #[tracing::instrument(name = "storage.begin_upload", skip_all)]
    pub async fn begin_upload(&self, caller: &Principal, new: NewUpload) -> Result<Upload<'_>, StorageError> {
        let bucket = self.bucket_named(&new.bucket).await?;
        let writer = writing(caller, &bucket)?;
        self.begin_writing(bucket, writer, new).await
    }

    pub(super) async fn begin_writing(
        &self,
        bucket: Bucket,
        writer: Writer,
        new: NewUpload,
    ) -> Result<Upload<'_>, StorageError> {
        let (most, quota) = self.room_for(&bucket, &new)?;
        if new.condition != Condition::None || new.length.is_none_or(|length| length > WORTH_ASKING) {
            let there = self.file_at(&bucket, &new.key).await?;
            may_replace(writer, &new.condition, there.as_ref())?;
        }
        let blob = self.new_blob(&bucket.name).await?;
        let object = self.open_blob(&bucket.name, blob.id).await?;
        Ok(Upload {
            service: self,
            alive_at: blob.since,
            bucket,
            new,
            writer,
            blob,
            object,
            digest: digest::Context::new(&digest::SHA256),
            head: Vec::new(),
            received: 0,
            most,
            quota,
            ends: None,
        })
    }

    /// The most octets that the file may have, and the whole quota. How much of that is free is counted
    /// at the end, when it is known whether another file makes room.
    pub(super) fn room_for(&self, bucket: &Bucket, new: &NewUpload) -> Result<(u64, u64), StorageError> {
        let limit = |limit: Option<i64>| limit.and_then(|limit| u64::try_from(limit).ok());
        let most = limit(bucket.limits.file_size).unwrap_or(u64::MAX);
        let most = most.min(self.settings.max_file_size);
        let quota = limit(bucket.limits.quota).unwrap_or(u64::MAX);
        match new.length {
            Some(length) if length > most => Err(StorageError::FileTooLarge { most }),
            Some(length) if length > quota => Err(StorageError::QuotaExceeded),
            _ => Ok((most, quota)),
        }
    }
}

impl Upload<'_> {
    /// Takes the next octets; waits while the object store is slower than they come.
    ///
    /// # Errors
    /// `FileTooLarge`, `LengthMismatch`, `TypeNotAllowed`, `Full`, `Failure`; give the upload up then.
    pub async fn write(&mut self, octets: Bytes) -> Result<(), StorageError> {
        self.received += octets.len() as u64;
        if self.received > self.most {
            return Err(StorageError::FileTooLarge { most: self.most });
        }
        if self.received > self.quota {
            return Err(StorageError::QuotaExceeded);
        }
        if self.new.length.is_some_and(|length| self.received > length) {
            return Err(StorageError::LengthMismatch);
        }
        self.look_at(&octets)?;
        self.digest.update(&octets);
        self.object.write(octets).await?;
        self.stay_alive().await
    }

    /// Makes the file, or lets it stand for what was written.
    ///
    /// # Errors
    /// `NotFound`, `KeyTaken`, `VersionMismatch`, `QuotaExceeded`, `TypeNotAllowed`, `LengthMismatch`,
    /// `ChecksumMismatch`, `Full`, `Failure`; nothing is kept then.
    #[tracing::instrument(name = "storage.finish_upload", skip_all)]
    pub async fn finish(self, origin: &Origin) -> Result<Placed, StorageError> {
        let (service, blob) = (self.service, self.blob.id);
        let placed = self.keep(origin).await;
        if placed.is_err() {
            service.give_up(blob).await;
        }
        placed
    }

    /// Lets go of what was written so far.
    pub async fn give_up(self) {
        drop(self.object);
        self.service.give_up(self.blob.id).await;
    }

    async fn keep(self, origin: &Origin) -> Result<Placed, StorageError> {
        if self.new.length.is_some_and(|length| length != self.received) {
            return Err(StorageError::LengthMismatch);
        }
        let media_type = self.media_type()?;
        let sha256 = Sha256(sum(self.digest)?);
        if self.new.sha256.is_some_and(|announced| announced != sha256) {
            return Err(StorageError::ChecksumMismatch);
        }
        self.object.finish().await?;
        let size = i64::try_from(self.received).map_err(|error| Failure::Internal(error.to_string()))?;
        let placement = Placement {
            bucket: &self.bucket,
            key: &self.new.key,
            writer: self.writer,
            blob: &self.blob,
            content: Content {
                size,
                media_type,
                declared_type: self.new.declared_type.clone(),
                sha256,
                metadata: self.new.metadata.clone(),
            },
            condition: &self.new.condition,
            ends: self.ends,
            origin,
        };
        self.service.place(&placement).await
    }

    /// Keeps the first octets, and refuses a type as soon as they tell it.
    fn look_at(&mut self, octets: &Bytes) -> Result<(), StorageError> {
        let missing = HEAD.saturating_sub(self.head.len());
        if missing == 0 {
            return Ok(());
        }
        let part = octets.get(..missing).unwrap_or(octets.as_ref());
        self.head.extend_from_slice(part);
        if self.head.len() == HEAD {
            self.media_type()?;
        }
        Ok(())
    }

    fn media_type(&self) -> Result<MediaType, StorageError> {
        let found = sniff::media_type(&self.head, self.new.declared_type.as_ref());
        let types = &self.bucket.limits.types;
        if types.is_empty() || types.iter().any(|pattern| pattern.matches(&found)) {
            return Ok(found);
        }
        Err(StorageError::TypeNotAllowed(found))
    }

    async fn stay_alive(&mut self) -> Result<(), StorageError> {
        let now = self.service.ports.clock.now();
        if now - self.alive_at < SIGN_OF_LIFE {
            return Ok(());
        }
        self.alive_at = now;
        self.service.still_writing(self.blob.id).await
    }
}

pub(super) fn sum(digest: digest::Context) -> Result<[u8; 32], Failure> {
    let sum = <[u8; 32]>::try_from(digest.finish().as_ref());
    sum.map_err(|error| Failure::Internal(error.to_string()))
}
