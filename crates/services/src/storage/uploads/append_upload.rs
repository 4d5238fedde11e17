//! Taking in a part of a file.

use aws_lc_rs::digest;
use bytes::Bytes;
use mainstay_domain::{
    Blob, Bucket, MediaType, Origin, Principal, ResumableUpload, Sha256, Timestamp, UploadId, UploadPart,
};

use super::complete_upload::{Last, accepts};
use crate::{
    Failure,
    ports::ObjectWriter,
    storage::{
        StorageError, StorageService,
        sniff::{self, HEAD},
        upload::{SIGN_OF_LIFE, sum},
    },
};

/// The checksum of a part, as the client says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartChecksum {
    /// SHA-1: against broken lines only, which is all that it is for here.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

/// A part that is about to come.
#[derive(Debug, Clone)]
pub struct NewPart {
    /// Of which upload.
    pub upload: UploadId,
    /// Where in the file it begins.
    pub offset: u64,
    /// How many octets the client says there are.
    pub length: Option<u64>,
    /// Their checksum.
    pub checksum: Option<PartChecksum>,
}

/// A part that is coming. Dropping it keeps nothing; better say [`Appending::give_up`].
pub struct Appending<'a> {
    service: &'a StorageService,
    upload: ResumableUpload,
    bucket: Bucket,
    /// From its first octet on.
    target: Option<Target>,
    received: i64,
    whole: Option<Whole>,
    checksum: Option<(PartChecksum, digest::Context)>,
    alive_at: Timestamp,
}

struct Target {
    blob: Blob,
    object: Box<dyn ObjectWriter>,
}

/// What is found out about octets that may be the whole file.
pub(in crate::storage) struct Whole {
    digest: digest::Context,
    head: Vec<u8>,
}

impl StorageService {
    /// Begins to take in a part of an upload of the caller's own. Nothing is written before its
    /// first octet comes.
    ///
    /// # Errors
    /// `NotFound`, `OffsetMismatch`, `PastTheEnd`, `Failure`.
    #[tracing::instrument(name = "storage.begin_append", skip_all)]
    pub async fn begin_append(
        &self,
        caller: &Principal,
        part: NewPart,
    ) -> Result<Appending<'_>, StorageError> {
        let upload = self.own_upload(caller, part.upload).await?;
        let (bucket, _) = self.target_of(caller, &upload).await?;
        if u64::try_from(upload.received) != Ok(part.offset) {
            return Err(StorageError::OffsetMismatch);
        }
        let left = upload.left().unsigned_abs();
        if part.length.is_some_and(|length| length > left) {
            return Err(StorageError::PastTheEnd { left });
        }
        Ok(Appending {
            service: self,
            whole: (part.offset == 0).then(Whole::new),
            checksum: part.checksum.map(|sum| (sum, sum.context())),
            upload,
            bucket,
            target: None,
            received: 0,
            alive_at: self.ports.clock.now(),
        })
    }
}

impl Appending<'_> {
    /// Takes the next octets; waits while the object store is slower than they come.
    ///
    /// # Errors
    /// `PastTheEnd`, `TypeNotAllowed`, `Full`, `Failure`; give it up then.
    pub async fn write(&mut self, octets: Bytes) -> Result<(), StorageError> {
        let left = self.upload.left();
        let received =
            i64::try_from(octets.len()).map_or(i64::MAX, |more| self.received.saturating_add(more));
        if received > left {
            let left = left.unsigned_abs();
            return Err(StorageError::PastTheEnd { left });
        }
        if octets.is_empty() {
            return Ok(());
        }
        self.received = received;
        self.look_at(&octets)?;
        self.open().await?.object.write(octets).await?;
        self.stay_alive().await
    }

    /// Counts the part as received. With the last octet, makes the file.
    ///
    /// # Errors
    /// `PartChecksumMismatch` and `OffsetMismatch`: nothing of the part is kept. At the last octet
    /// also what [`crate::storage::Upload::finish`] has: everything but that octet is kept then.
    #[tracing::instrument(name = "storage.finish_append", skip_all)]
    pub async fn finish(
        mut self,
        caller: &Principal,
        origin: &Origin,
    ) -> Result<ResumableUpload, StorageError> {
        if let Some((expected, context)) = self.checksum.take()
            && context.finish().as_ref() != expected.octets()
        {
            self.give_up().await;
            return Err(StorageError::PartChecksumMismatch);
        }
        let Some(target) = self.target.take() else {
            return Ok(self.upload);
        };
        let (service, blob) = (self.service, target.blob.id);
        let registered = self.register(target).await;
        let (upload, last) = match registered {
            Ok(registered) => registered,
            Err(error) => {
                service.give_up(blob).await;
                return Err(error);
            }
        };
        let Some(last) = last else { return Ok(upload) };
        // A blob without a single octet that counts belongs to no part.
        let stray = last.size == 1;
        let made = service.complete(caller, &upload, Some(last), origin).await;
        if stray && made.is_err() {
            service.give_up(blob).await;
        }
        made
    }

    /// Keeps what came until the connection broke off, unless a checksum came with it that now
    /// cannot be verified.
    ///
    /// # Errors
    /// `OffsetMismatch`, `Full`, `Failure`.
    #[tracing::instrument(name = "storage.break_off_append", skip_all)]
    pub async fn break_off(mut self) -> Result<(), StorageError> {
        if self.checksum.is_some() {
            self.give_up().await;
            return Ok(());
        }
        let Some(target) = self.target.take() else {
            return Ok(());
        };
        let (service, blob) = (self.service, target.blob.id);
        let kept = self.register(target).await;
        let nothing = kept
            .as_ref()
            .is_ok_and(|(_, last)| last.as_ref().is_some_and(|last| last.size == 1));
        if kept.is_err() || nothing {
            service.give_up(blob).await;
        }
        kept.map(|_| ())
    }

    /// Lets go of what came.
    pub async fn give_up(self) {
        if let Some(target) = self.target {
            drop(target.object);
            self.service.give_up(target.blob.id).await;
        }
    }

    /// Makes the octets durable and counts them, all but the upload's last one. If that is among
    /// them, tells what the part is.
    async fn register(mut self, target: Target) -> Result<(ResumableUpload, Option<Last>), StorageError> {
        target.object.finish().await?;
        let is_last = self.received == self.upload.left();
        let part = UploadPart {
            blob: target.blob.id,
            start: self.upload.received,
            size: self.received - i64::from(is_last),
        };
        if part.size > 0 {
            let uploads = self.service.ports.store.read().uploads();
            if !uploads.append(self.upload.id, &part).await? {
                return Err(StorageError::OffsetMismatch);
            }
            self.upload.received += part.size;
        }
        if !is_last {
            return Ok((self.upload, None));
        }
        let found = match self.whole {
            Some(whole) => Some(whole.found(self.upload.declared_type.as_ref())?),
            None => None,
        };
        let last = Last {
            blob: target.blob,
            size: self.received,
            found,
        };
        Ok((self.upload, Some(last)))
    }

    async fn open(&mut self) -> Result<&mut Target, StorageError> {
        if self.target.is_none() {
            let blob = self.service.new_blob(&self.bucket.name).await?;
            let object = self.service.open_blob(&self.bucket.name, blob.id).await?;
            self.target = Some(Target { blob, object });
        }
        let target = self.target.as_mut();
        target.ok_or_else(|| Failure::Internal("a part lost its blob".to_owned()).into())
    }

    /// Refuses a type as soon as the first octets tell it.
    fn look_at(&mut self, octets: &Bytes) -> Result<(), StorageError> {
        if let Some((_, context)) = &mut self.checksum {
            context.update(octets);
        }
        let Some(whole) = &mut self.whole else {
            return Ok(());
        };
        if whole.take(octets) {
            accepts(
                &self.bucket,
                &whole.media_type(self.upload.declared_type.as_ref()),
            )?;
        }
        Ok(())
    }

    async fn stay_alive(&mut self) -> Result<(), StorageError> {
        let now = self.service.ports.clock.now();
        let Some(target) = &self.target else { return Ok(()) };
        if now - self.alive_at < SIGN_OF_LIFE {
            return Ok(());
        }
        self.alive_at = now;
        self.service.still_writing(target.blob.id).await
    }
}

impl Whole {
    pub(in crate::storage) fn new() -> Self {
        Self {
            digest: digest::Context::new(&digest::SHA256),
            head: Vec::new(),
        }
    }

    /// Whether these octets completed the ones that tell the type.
    pub(in crate::storage) fn take(&mut self, octets: &Bytes) -> bool {
        self.digest.update(octets);
        let missing = HEAD.saturating_sub(self.head.len());
        let part = octets.get(..missing).unwrap_or(octets.as_ref());
        self.head.extend_from_slice(part);
        missing > 0 && self.head.len() == HEAD
    }

    fn media_type(&self, declared: Option<&MediaType>) -> MediaType {
        sniff::media_type(&self.head, declared)
    }

    pub(in crate::storage) fn found(
        self,
        declared: Option<&MediaType>,
    ) -> Result<(MediaType, Sha256), Failure> {
        let media_type = self.media_type(declared);
        Ok((media_type, Sha256(sum(self.digest)?)))
    }
}

impl PartChecksum {
    fn context(self) -> digest::Context {
        digest::Context::new(match self {
            Self::Sha1(_) => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256(_) => &digest::SHA256,
        })
    }

    fn octets(&self) -> &[u8] {
        match self {
            Self::Sha1(sum) => sum,
            Self::Sha256(sum) => sum,
        }
    }
}
