//! Blobs: octets in the object store with a row that remembers them.

use std::ops::Range;

use mainstay_domain::{Blob, BlobId, BlobStatus, BucketName, ObjectKey};

use super::{StorageError, StorageService};
use crate::{
    Failure,
    ports::{ObjectRead, ObjectWriter},
};

/// The key of a blob in the object store.
pub(super) fn object_key(blob: BlobId) -> Result<ObjectKey, StorageError> {
    let key = ObjectKey::parse(&blob.to_string());
    key.map_err(|error| Failure::Internal(error.message.to_owned()).into())
}

impl StorageService {
    /// A blob that is about to be written.
    pub(crate) async fn new_blob(&self, bucket: &BucketName) -> Result<Blob, StorageError> {
        let now = self.ports.clock.now();
        let blob = Blob {
            id: BlobId(self.ports.entropy.id(now)),
            bucket: bucket.clone(),
            status: BlobStatus::Writing,
            since: now,
        };
        self.ports.store.read().blobs().insert(&blob).await?;
        Ok(blob)
    }

    /// A writer of a blob's octets. If there is none, the blob is given up.
    pub(crate) async fn open_blob(
        &self,
        bucket: &BucketName,
        blob: BlobId,
    ) -> Result<Box<dyn ObjectWriter>, StorageError> {
        let opened = self.ports.objects.write(bucket, &object_key(blob)?).await;
        if opened.is_err() {
            self.give_up(blob).await;
        }
        Ok(opened?)
    }

    /// Octets of a blob, as they come.
    pub(crate) async fn read_blob(
        &self,
        bucket: &BucketName,
        blob: BlobId,
        range: Range<u64>,
    ) -> Result<ObjectRead, StorageError> {
        let key = object_key(blob)?;
        Ok(self.ports.objects.read(bucket, &key, Some(range)).await?)
    }

    /// Makes a bucket of the object store that no row stands for.
    pub(crate) async fn ensure_bucket(&self, bucket: &BucketName) -> Result<(), StorageError> {
        Ok(self.ports.objects.create_bucket(bucket).await?)
    }

    /// Tells that the blob is still being written, so that the sweep leaves it alone.
    pub(super) async fn still_writing(&self, blob: BlobId) -> Result<(), StorageError> {
        let now = self.ports.clock.now();
        let blobs = self.ports.store.read().blobs();
        let (from, to) = (BlobStatus::Writing, BlobStatus::Writing);
        if blobs.set_status(blob, from, to, now).await? {
            return Ok(());
        }
        Err(Failure::Internal(format!("blob {blob} was swept while it was written")).into())
    }

    /// Gives up a blob that no file came to stand for. If that fails, the sweep finds it.
    pub(crate) async fn give_up(&self, blob: BlobId) {
        let now = self.ports.clock.now();
        let blobs = self.ports.store.read().blobs();
        let given_up = blobs.set_status(blob, BlobStatus::Writing, BlobStatus::Dead, now);
        if let Err(error) = given_up.await {
            tracing::warn!(%blob, %error, "a blob that nothing stands for is left to the sweep");
        }
    }
}
