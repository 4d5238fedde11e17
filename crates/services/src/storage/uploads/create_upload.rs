//! Announcing a file that comes in parts.

use chrono::Duration;
use mainstay_domain::{
    Bucket, BucketName, FileMetadata, MediaType, ObjectKey, Origin, Principal, ResumableUpload, Sha256,
    UploadId,
};
use mainstay_repositories::{RepositoryError, UploadAdmission, UploadBounds, constraint};

use crate::{
    Failure,
    storage::{Condition, NewUpload, StorageError, StorageService, access::writing, place::may_replace},
};

/// How long an upload can be resumed. Its parts are swept a day after they came, so never longer.
const LASTS: Duration = Duration::hours(24);
/// How many uploads of one user may be under way. Until they are files no quota counts their parts, but
/// they may not announce more than the whole quota of their bucket.
const MOST_UNDER_WAY: u32 = 100;

/// A file that will come in parts.
#[derive(Debug, Clone)]
pub struct NewResumable {
    /// Where.
    pub bucket: BucketName,
    /// Under which key.
    pub key: ObjectKey,
    /// How many octets it has.
    pub length: u64,
    /// What the client says it is.
    pub declared_type: Option<MediaType>,
    /// What the client says about it.
    pub metadata: FileMetadata,
    /// Its checksum, as the client says.
    pub sha256: Option<Sha256>,
    /// All of this, word for word.
    pub announced: String,
}

impl StorageService {
    /// Announces a file, in the name of the caller. What cannot end well is refused here; one
    /// without octets is made at once.
    ///
    /// # Errors
    /// `NotFound`, `KeyTaken`, `FileTooLarge`, `QuotaExceeded`, `TooManyUploads`, `TypeNotAllowed`,
    /// `ChecksumMismatch`, `Full`, `Failure`.
    #[tracing::instrument(name = "storage.create_upload", skip_all)]
    pub async fn create_upload(
        &self,
        caller: &Principal,
        new: NewResumable,
        origin: &Origin,
    ) -> Result<ResumableUpload, StorageError> {
        let bucket = self.bucket_named(&new.bucket).await?;
        let writer = writing(caller, &bucket)?;
        self.room_for(&bucket, &new.as_upload())?;
        let there = self.file_at(&bucket, &new.key).await?;
        may_replace(writer, &Condition::None, there.as_ref())?;
        let now = self.ports.clock.now();
        let upload = ResumableUpload {
            id: UploadId(self.ports.entropy.id(now)),
            bucket_id: bucket.id,
            key: new.key,
            owner: writer.user,
            length: i64::try_from(new.length).map_err(|error| Failure::Internal(error.to_string()))?,
            received: 0,
            declared_type: new.declared_type,
            metadata: new.metadata,
            sha256: new.sha256,
            announced: new.announced,
            direct: None,
            finished: false,
            created_at: now,
            expires_at: now + LASTS,
        };
        self.insert_upload(&bucket, &upload).await?;
        if upload.length > 0 {
            return Ok(upload);
        }
        let made = self.complete(caller, &upload, None, origin).await;
        if made.is_err() {
            self.forget_upload(&upload).await;
        }
        made
    }

    pub(in crate::storage) async fn insert_upload(
        &self,
        bucket: &Bucket,
        upload: &ResumableUpload,
    ) -> Result<(), StorageError> {
        let uploads = self.ports.store.read().uploads();
        let bounds = UploadBounds {
            uploads: MOST_UNDER_WAY,
            octets: bucket.limits.quota,
        };
        match uploads.insert(upload, bounds).await {
            Ok(UploadAdmission::Kept) => Ok(()),
            Ok(UploadAdmission::TooMany) => Err(StorageError::TooManyUploads),
            Ok(UploadAdmission::TooLarge) => Err(StorageError::QuotaExceeded),
            Err(error) => Err(gone(error)),
        }
    }

    /// Removes an upload that never began. If that fails, it expires.
    async fn forget_upload(&self, upload: &ResumableUpload) {
        let uploads = self.ports.store.read().uploads();
        if let Err(error) = uploads.delete(upload.id, upload.owner).await {
            tracing::warn!(%error, "an upload that never began was left to expire");
        }
    }
}

impl NewResumable {
    /// The same as an upload in one go.
    fn as_upload(&self) -> NewUpload {
        NewUpload {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            declared_type: self.declared_type.clone(),
            length: Some(self.length),
            sha256: self.sha256,
            metadata: None,
            condition: Condition::None,
        }
    }
}

/// The bucket was removed meanwhile.
fn gone(error: RepositoryError) -> StorageError {
    if error.is_conflict(constraint::REFERENCE) {
        return StorageError::NotFound;
    }
    error.into()
}
