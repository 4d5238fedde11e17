//! How far a file that comes in parts has got.

use mainstay_domain::{Bucket, Principal, ResumableUpload, UploadId};

use crate::storage::{
    StorageError, StorageService,
    access::{Writer, writing},
};

impl StorageService {
    /// An upload of the caller's own, finished or not, until it expires.
    ///
    /// # Errors
    /// `NotFound` also without the right to write in its bucket any more; `Failure`.
    #[tracing::instrument(name = "storage.get_upload", skip_all)]
    pub async fn get_upload(
        &self,
        caller: &Principal,
        id: UploadId,
    ) -> Result<ResumableUpload, StorageError> {
        let upload = self.own_upload(caller, id).await?;
        self.target_of(caller, &upload).await?;
        Ok(upload)
    }

    pub(super) async fn own_upload(
        &self,
        caller: &Principal,
        id: UploadId,
    ) -> Result<ResumableUpload, StorageError> {
        let now = self.ports.clock.now();
        let found = self.ports.store.read().uploads().find(id).await?;
        let own = found.filter(|upload| upload.owner == caller.user.id && now < upload.expires_at);
        // Those whose octets go elsewhere are none that parts could be sent to.
        let own = own.filter(|upload| upload.direct.is_none());
        own.ok_or(StorageError::NotFound)
    }

    /// Where it goes, and as whose, by the rights of this moment.
    pub(super) async fn target_of(
        &self,
        caller: &Principal,
        upload: &ResumableUpload,
    ) -> Result<(Bucket, Writer), StorageError> {
        let buckets = self.ports.store.read().buckets();
        let bucket = buckets.find_by_id(upload.bucket_id).await?;
        let bucket = bucket.ok_or(StorageError::NotFound)?;
        let writer = writing(caller, &bucket)?;
        Ok((bucket, writer))
    }
}
