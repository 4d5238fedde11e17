//! Outcomes of storage other than success.

use std::time::Duration;

use mainstay_domain::MediaType;
use mainstay_repositories::RepositoryError;

use crate::{Failure, ports::ObjectError};

/// When to try again if the object store does not answer.
const LATER: Duration = Duration::from_secs(5);

/// Why nothing was read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such bucket or file, or none the caller may know of.
    #[error("no such bucket or file")]
    NotFound,
    /// Another bucket has this name.
    #[error("the name of the bucket is taken")]
    BucketTaken,
    /// The bucket still has files in it.
    #[error("the bucket is not empty")]
    BucketNotEmpty,
    /// What the caller has seen is not what is there any more.
    #[error("another version is there")]
    VersionMismatch,
    /// There is a file of this name, and it was not to be replaced.
    #[error("the file exists")]
    FileExists,
    /// Somebody else's file has this name.
    #[error("the key is taken")]
    KeyTaken,
    /// The file is larger than the server or the bucket allows.
    #[error("the file is too large")]
    FileTooLarge {
        /// The most it may have, in octets.
        most: u64,
    },
    /// The bucket would hold more than its quota.
    #[error("the quota is exceeded")]
    QuotaExceeded,
    /// The bucket does not take files of this type.
    #[error("files of type {0} are not allowed")]
    TypeNotAllowed(MediaType),
    /// The octets that arrived are not those that were announced.
    #[error("the checksum does not match")]
    ChecksumMismatch,
    /// Fewer or more octets arrived than were announced.
    #[error("the length does not match")]
    LengthMismatch,
    /// The part of an upload begins elsewhere than where the last one ended.
    #[error("the upload goes on at another offset")]
    OffsetMismatch,
    /// The part of an upload has octets beyond the announced length.
    #[error("the upload would be longer than announced")]
    PastTheEnd {
        /// Octets that are still to come.
        left: u64,
    },
    /// The octets of a part are not those that its checksum was made of.
    #[error("the checksum of the part does not match")]
    PartChecksumMismatch,
    /// The caller has as many uploads under way as there may be.
    #[error("too many uploads are under way")]
    TooManyUploads,
    /// The caller has as many deletions of many files under way as there may be.
    #[error("too many deletions are under way")]
    TooManyDeletions,
    /// The deletion has ended: there is nothing to call off.
    #[error("the deletion has ended")]
    DeletionEnded,
    /// The octets of the file are not in the object store, at least for now.
    #[error("the octets of the file are missing")]
    OctetsMissing,
    /// The object store answers nobody but this server.
    #[error("the object store cannot be written to directly")]
    DirectUnavailable,
    /// Nothing lies where the client was to put the file.
    #[error("nothing has arrived")]
    NothingArrived,
    /// What lies there is not as long as announced.
    #[error("{arrived} octets arrived, not as many as announced")]
    SizeMismatch {
        /// How many there are.
        arrived: u64,
    },
    /// The upload is a file already.
    #[error("the upload is completed already")]
    UploadCompleted,
    /// The file waits for a scan, or did not pass it.
    #[error("the file is in quarantine")]
    Quarantined,
    /// The URL was not signed by this server, or holds no longer; which of them is never told.
    #[error("the signed URL is not valid")]
    UrlRefused,
    /// The object store has no room left.
    #[error("the object store is full")]
    Full,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for StorageError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<ObjectError> for StorageError {
    fn from(error: ObjectError) -> Self {
        let text = error.to_string();
        match error {
            ObjectError::Full(_) => {
                tracing::error!(reason = text, "the object store is full");
                Self::Full
            }
            ObjectError::Unavailable(_) => Self::Failure(Failure::Unavailable {
                reason: text,
                retry_after: LATER,
            }),
            ObjectError::NotFound | ObjectError::NotEmpty | ObjectError::Refused(_) => {
                Self::Failure(Failure::Internal(text))
            }
        }
    }
}
