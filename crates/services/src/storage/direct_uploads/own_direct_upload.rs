//! Finding a direct upload.

use mainstay_domain::{Bucket, BucketName, DirectUpload, Principal, ResumableUpload, UploadId};

use crate::storage::{
    StorageError, StorageService,
    access::{Writer, writing},
    blob::object_key,
};

/// A direct upload and what its caller may do, by the rights of this moment.
pub(super) struct Own {
    pub bucket: Bucket,
    pub writer: Writer,
    pub upload: ResumableUpload,
    pub direct: DirectUpload,
}

impl StorageService {
    /// An upload of the caller's own into this bucket.
    pub(super) async fn own_direct_upload(
        &self,
        caller: &Principal,
        (bucket, id): (&BucketName, UploadId),
    ) -> Result<Own, StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        let writer = writing(caller, &bucket)?;
        let now = self.ports.clock.now();
        let found = self.ports.store.read().uploads().find(id).await?;
        let own = found.filter(|upload| upload.owner == caller.user.id && upload.bucket_id == bucket.id);
        let upload = own
            .filter(|upload| now < upload.expires_at)
            .ok_or(StorageError::NotFound)?;
        let direct = upload.direct.ok_or(StorageError::NotFound)?;
        Ok(Own {
            bucket,
            writer,
            upload,
            direct,
        })
    }

    /// Removes what lies where the client was to put it. Its row stays until the sweep comes by: the
    /// URL may work for a while yet.
    pub(super) async fn empty_staging(&self, bucket: &Bucket, direct: &DirectUpload) {
        let Ok(key) = object_key(direct.staging) else {
            return;
        };
        if let Err(error) = self.ports.objects.delete(&bucket.name, &key).await {
            tracing::warn!(blob = %direct.staging, %error, "what was sent is left to the sweep");
        }
    }
}
