//! How outcomes of storage look to clients.

use mainstay_services::storage::StorageError;

use crate::error::{ApiError, ErrorCode};

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        let code = match error {
            StorageError::FileTooLarge { most } => {
                let detail = format!("At most {most} octets are allowed here.");
                return Self::new(ErrorCode::FILE_TOO_LARGE).detail(detail);
            }
            StorageError::TypeNotAllowed(found) => {
                let detail = format!("The octets are {found}, which the bucket does not take.");
                return Self::new(ErrorCode::MEDIA_TYPE_NOT_ALLOWED).detail(detail);
            }
            StorageError::LengthMismatch => {
                return Self::new(ErrorCode::BAD_REQUEST).detail("The body is not as long as announced.");
            }
            StorageError::PastTheEnd { left } => {
                let detail = format!("The upload takes {left} more octets.");
                return Self::new(ErrorCode::PAYLOAD_TOO_LARGE).detail(detail);
            }
            StorageError::SizeMismatch { arrived } => {
                let detail =
                    format!("{arrived} octets arrived, not as many as announced. They were removed.");
                return Self::new(ErrorCode::SIZE_MISMATCH).detail(detail);
            }
            StorageError::Failure(failure) => return failure.into(),
            StorageError::NotFound => ErrorCode::NOT_FOUND,
            StorageError::BucketTaken => ErrorCode::BUCKET_TAKEN,
            StorageError::BucketNotEmpty => ErrorCode::BUCKET_NOT_EMPTY,
            StorageError::VersionMismatch => ErrorCode::PRECONDITION_FAILED,
            StorageError::FileExists => ErrorCode::FILE_EXISTS,
            StorageError::KeyTaken => ErrorCode::KEY_TAKEN,
            StorageError::QuotaExceeded => ErrorCode::QUOTA_EXCEEDED,
            StorageError::ChecksumMismatch => ErrorCode::CHECKSUM_MISMATCH,
            StorageError::OffsetMismatch => ErrorCode::OFFSET_MISMATCH,
            StorageError::PartChecksumMismatch => ErrorCode::UPLOAD_CHECKSUM_MISMATCH,
            StorageError::TooManyUploads => ErrorCode::UPLOAD_LIMIT,
            StorageError::TooManyDeletions => ErrorCode::DELETION_LIMIT,
            StorageError::DeletionEnded => ErrorCode::DELETION_ENDED,
            StorageError::OctetsMissing => ErrorCode::FILE_OCTETS_MISSING,
            StorageError::DirectUnavailable => ErrorCode::DIRECT_UPLOAD_UNAVAILABLE,
            StorageError::NothingArrived => ErrorCode::NOTHING_ARRIVED,
            StorageError::UploadCompleted => ErrorCode::UPLOAD_COMPLETED,
            StorageError::Quarantined => ErrorCode::FILE_QUARANTINED,
            StorageError::UrlRefused => ErrorCode::SIGNED_URL_INVALID,
            StorageError::Full => ErrorCode::STORAGE_FULL,
        };
        Self::new(code)
    }
}
