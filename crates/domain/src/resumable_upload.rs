//! Files that come in parts.

use crate::{BlobId, BucketId, FileMetadata, MediaType, ObjectKey, Sha256, Timestamp, UploadId, UserId};

/// A file that may come in several requests. Its last octet counts as received only once all of
/// them are a file: whoever asks how far it got never takes a file for granted that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumableUpload {
    /// Identity.
    pub id: UploadId,
    /// The bucket that the file goes to.
    pub bucket_id: BucketId,
    /// What the file will be called.
    pub key: ObjectKey,
    /// Who uploads.
    pub owner: UserId,
    /// Octets of the whole file.
    pub length: i64,
    /// Octets that are here.
    pub received: i64,
    /// What the uploader says it is.
    pub declared_type: Option<MediaType>,
    /// What the uploader says about it.
    pub metadata: FileMetadata,
    /// The checksum of the whole file, if the uploader announced one.
    pub sha256: Option<Sha256>,
    /// What the uploader announced, word for word; they may ask for it.
    pub announced: String,
    /// What is to be known of it if it does not come here at all, but goes to the object store.
    pub direct: Option<DirectUpload>,
    /// Whether it is a file by now.
    pub finished: bool,
    /// When it was announced.
    pub created_at: Timestamp,
    /// Until when it can be resumed.
    pub expires_at: Timestamp,
}

impl ResumableUpload {
    /// Octets that are still to come.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.length - self.received
    }
}

/// An upload whose octets the client sends to the object store itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectUpload {
    /// Where the client puts them. They are copied from there; no file ever stands for this blob.
    pub staging: BlobId,
    /// Whether there must be no file of its key when it is completed.
    pub only_new: bool,
    /// The checksum of the octets that it may replace, and no others.
    pub only_over: Option<Sha256>,
}

/// Octets of an upload that came in one request. They lie in a blob of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadPart {
    /// Where they lie.
    pub blob: BlobId,
    /// Where in the file they begin.
    pub start: i64,
    /// How many of the blob's octets count, from its first one on.
    pub size: i64,
}
