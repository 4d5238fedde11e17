//! Making the file of an upload whose last octet is here.

use futures::StreamExt as _;
use mainstay_domain::{
    Blob, BlobId, Bucket, MediaPattern, MediaType, Origin, Principal, ResumableUpload, Sha256, UploadPart,
};

use crate::storage::{
    Condition, NewUpload, Placed, StorageError, StorageService, Upload,
    access::Writer,
    blob::object_key,
    place::{Content, Placement},
};

/// The part with the last octet.
pub(super) struct Last {
    /// Its octets.
    pub blob: Blob,
    /// How many.
    pub size: i64,
    /// What they are and their checksum, if they are the whole file.
    pub found: Option<(MediaType, Sha256)>,
}

impl StorageService {
    /// Makes the file: of the last part, if that is all of it, else by putting the parts together.
    /// If another call did so first, that one's file is it.
    pub(super) async fn complete(
        &self,
        caller: &Principal,
        upload: &ResumableUpload,
        last: Option<Last>,
        origin: &Origin,
    ) -> Result<ResumableUpload, StorageError> {
        // Rights and limits of this moment: they may have changed since the upload began.
        let target = self.target_of(caller, upload).await?;
        let parts = self.ports.store.read().uploads().parts(upload.id).await?;
        let whole = last.as_ref().filter(|last| last.size == upload.length);
        let placed = match whole.and_then(|last| last.found.as_ref().map(|found| (&last.blob, found))) {
            Some(whole) => self.place_whole(target, upload, whole, origin).await,
            None => {
                let pieces = pieces(&parts, last.as_ref());
                self.assemble(target, upload, &pieces, origin).await
            }
        };
        match placed {
            Ok(placed) => {
                let blobs = parts
                    .iter()
                    .map(|part| part.blob)
                    .chain(last.map(|last| last.blob.id));
                self.give_up_parts(blobs, placed.file.blob).await;
                Ok(finished(upload))
            }
            Err(error) => self.finished_elsewhere(upload).await.ok_or(error),
        }
    }

    /// Lets a file stand for octets that are all of an upload.
    pub(in crate::storage) async fn place_whole(
        &self,
        (bucket, writer): (Bucket, Writer),
        upload: &ResumableUpload,
        (blob, (media_type, sha256)): (&Blob, &(MediaType, Sha256)),
        origin: &Origin,
    ) -> Result<Placed, StorageError> {
        let new = new_upload(&bucket, upload);
        self.room_for(&bucket, &new)?;
        accepts(&bucket, media_type)?;
        if new.sha256.is_some_and(|announced| announced != *sha256) {
            return Err(StorageError::ChecksumMismatch);
        }
        let placement = Placement {
            bucket: &bucket,
            key: &upload.key,
            writer,
            blob,
            content: Content {
                size: upload.length,
                media_type: media_type.clone(),
                declared_type: new.declared_type,
                sha256: *sha256,
                metadata: new.metadata,
            },
            condition: &new.condition,
            ends: Some(upload.id),
            origin,
        };
        self.place(&placement).await
    }

    async fn assemble(
        &self,
        (bucket, writer): (Bucket, Writer),
        upload: &ResumableUpload,
        pieces: &[(BlobId, i64)],
        origin: &Origin,
    ) -> Result<Placed, StorageError> {
        let new = new_upload(&bucket, upload);
        let mut writing = self.begin_writing(bucket.clone(), writer, new).await?;
        writing.ends = Some(upload.id);
        for (blob, size) in pieces {
            if let Err(error) = self.pour(&bucket, (*blob, *size), &mut writing).await {
                writing.give_up().await;
                return Err(error);
            }
        }
        writing.finish(origin).await
    }

    /// Copies the octets of a part that count.
    async fn pour(
        &self,
        bucket: &Bucket,
        (blob, size): (BlobId, i64),
        writing: &mut Upload<'_>,
    ) -> Result<(), StorageError> {
        // It might be a day old by now, and must not be swept while it is read.
        self.still_writing(blob).await?;
        let range = 0..size.unsigned_abs();
        let key = object_key(blob)?;
        let mut read = self.ports.objects.read(&bucket.name, &key, Some(range)).await?;
        while let Some(octets) = read.body.next().await {
            writing.write(octets?).await?;
        }
        Ok(())
    }

    async fn give_up_parts(&self, blobs: impl Iterator<Item = BlobId>, kept: BlobId) {
        let mut blobs: Vec<BlobId> = blobs.filter(|blob| *blob != kept).collect();
        blobs.dedup();
        for blob in blobs {
            self.give_up(blob).await;
        }
    }

    /// The upload, if another call made the file meanwhile; this one's parts were gone then.
    pub(in crate::storage) async fn finished_elsewhere(
        &self,
        upload: &ResumableUpload,
    ) -> Option<ResumableUpload> {
        let found = self.ports.store.read().uploads().find(upload.id).await;
        found.ok().flatten().filter(|upload| upload.finished)
    }
}

/// Which blobs make the file, and how many octets of each. The last part counts in full here, though
/// it was noted without its last octet, or, if it has no other, not at all.
fn pieces(parts: &[UploadPart], last: Option<&Last>) -> Vec<(BlobId, i64)> {
    let last = last.map(|last| (last.blob.id, last.size));
    let noted = parts.iter().map(|part| (part.blob, part.size));
    let mut pieces: Vec<_> = noted
        .filter(|(blob, _)| last.is_none_or(|(last, _)| last != *blob))
        .collect();
    pieces.extend(last);
    pieces
}

/// The same as an upload in one go.
pub(in crate::storage) fn new_upload(bucket: &Bucket, upload: &ResumableUpload) -> NewUpload {
    NewUpload {
        bucket: bucket.name.clone(),
        key: upload.key.clone(),
        declared_type: upload.declared_type.clone(),
        length: Some(upload.length.unsigned_abs()),
        sha256: upload.sha256,
        metadata: (!upload.metadata.is_empty()).then(|| upload.metadata.clone()),
        condition: condition(upload),
    }
}

fn condition(upload: &ResumableUpload) -> Condition {
    match upload.direct.map(|direct| (direct.only_new, direct.only_over)) {
        Some((true, _)) => Condition::Absent,
        Some((false, Some(sum))) => Condition::Octets(vec![sum]),
        Some((false, None)) | None => Condition::None,
    }
}

fn finished(upload: &ResumableUpload) -> ResumableUpload {
    ResumableUpload {
        received: upload.length,
        finished: true,
        ..upload.clone()
    }
}

/// Whether a bucket takes files of this type.
pub(super) fn accepts(bucket: &Bucket, media_type: &MediaType) -> Result<(), StorageError> {
    let types = &bucket.limits.types;
    let matches = |pattern: &MediaPattern| pattern.matches(media_type);
    if types.is_empty() || types.iter().any(matches) {
        return Ok(());
    }
    Err(StorageError::TypeNotAllowed(media_type.clone()))
}
