//! Giving out a URL to which a file is sent.

use chrono::Duration;
use mainstay_domain::{
    Blob, BlobId, BlobStatus, Bucket, BucketName, DirectUpload, FileMetadata, MediaType, ObjectKey,
    Principal, ResumableUpload, Sha256, Timestamp, UploadId,
};

use crate::{
    Failure,
    ports::{Presign, PresignedMethod},
    storage::{
        StorageError, StorageService, access::writing, blob::object_key, place::may_replace,
        uploads::new_upload,
    },
};

/// How long the URL works.
const URL_LASTS: Duration = Duration::hours(1);
/// How long the upload can be completed: what begins to be sent at the last moment takes a while.
const LASTS: Duration = Duration::hours(2);
/// What S3 takes in one request, and copies in one.
const MOST: u64 = 5 << 30;

/// A file that a client wants to send to the object store.
#[derive(Debug, Clone)]
pub struct NewDirect {
    /// Where.
    pub bucket: BucketName,
    /// Under which key.
    pub key: ObjectKey,
    /// How many octets it has.
    pub size: u64,
    /// What the client says it is.
    pub declared_type: Option<MediaType>,
    /// What the client says about it; if nothing, what is there stays.
    pub metadata: FileMetadata,
    /// Its checksum, as the client says.
    pub sha256: Option<Sha256>,
    /// Whether there must be no file of its key.
    pub only_new: bool,
    /// The checksum of the octets that it may replace, and no others.
    pub only_over: Option<Sha256>,
}

/// Where to send a file. Whoever knows the URL may do so, which is why this has no `Debug`.
pub struct DirectOffer {
    /// The upload, to complete it or to give it up.
    pub id: UploadId,
    /// Where to put the file.
    pub url: String,
    /// The `Content-Type` that must come with it.
    pub content_type: MediaType,
    /// Until when the URL works.
    pub expires_at: Timestamp,
}

impl StorageService {
    /// Gives out a URL of the object store, in the name of the caller. What cannot end well is refused
    /// here.
    ///
    /// # Errors
    /// `NotFound`, `KeyTaken`, `VersionMismatch`, `FileTooLarge`, `QuotaExceeded`, `TooManyUploads`,
    /// `DirectUnavailable`, `Failure`.
    #[tracing::instrument(name = "storage.create_direct_upload", skip_all)]
    pub async fn create_direct_upload(
        &self,
        caller: &Principal,
        new: NewDirect,
    ) -> Result<DirectOffer, StorageError> {
        let bucket = self.bucket_named(&new.bucket).await?;
        let writer = writing(caller, &bucket)?;
        if new.size > MOST {
            return Err(StorageError::FileTooLarge { most: MOST });
        }
        let (upload, staging) = self.announced(caller, &bucket, new)?;
        let as_upload = new_upload(&bucket, &upload);
        self.room_for(&bucket, &as_upload)?;
        let there = self.file_at(&bucket, &upload.key).await?;
        may_replace(writer, &as_upload.condition, there.as_ref())?;
        let content_type = upload
            .declared_type
            .clone()
            .unwrap_or_else(MediaType::octet_stream);
        let url = self.url_to_put(&staging, &content_type).await?;
        // The URL is given to nobody before its object has a row by which it is found again.
        self.ports.store.read().blobs().insert(&staging).await?;
        if let Err(error) = self.insert_upload(&bucket, &upload).await {
            self.give_up(staging.id).await;
            return Err(error);
        }
        Ok(DirectOffer {
            id: upload.id,
            url,
            content_type,
            expires_at: upload.created_at + URL_LASTS,
        })
    }

    fn announced(
        &self,
        caller: &Principal,
        bucket: &Bucket,
        new: NewDirect,
    ) -> Result<(ResumableUpload, Blob), Failure> {
        let now = self.ports.clock.now();
        let staging = Blob {
            id: BlobId(self.ports.entropy.id(now)),
            bucket: bucket.name.clone(),
            status: BlobStatus::Writing,
            since: now + LASTS,
        };
        let upload = ResumableUpload {
            id: UploadId(self.ports.entropy.id(now)),
            bucket_id: bucket.id,
            key: new.key,
            owner: caller.user.id,
            length: i64::try_from(new.size).map_err(|error| Failure::Internal(error.to_string()))?,
            received: 0,
            declared_type: new.declared_type,
            metadata: new.metadata,
            sha256: new.sha256,
            announced: String::new(),
            direct: Some(DirectUpload {
                staging: staging.id,
                only_new: new.only_new,
                only_over: new.only_over,
            }),
            finished: false,
            created_at: now,
            expires_at: now + LASTS,
        };
        Ok((upload, staging))
    }

    async fn url_to_put(&self, staging: &Blob, content_type: &MediaType) -> Result<String, StorageError> {
        let presign = Presign {
            method: PresignedMethod::Put,
            lasts: URL_LASTS.to_std().unwrap_or_default(),
            content_type: Some(content_type.to_string()),
            content_disposition: None,
        };
        let key = object_key(staging.id)?;
        let url = self
            .ports
            .objects
            .presign(&staging.bucket, &key, &presign)
            .await?;
        url.ok_or(StorageError::DirectUnavailable)
    }
}
