//! Reading a file.

use std::ops::Range;

use mainstay_domain::{Bucket, BucketName, File, FileStatus, ObjectKey, Principal};

use super::{StorageError, StorageService, access::reading, blob::object_key};
use crate::ports::{ObjectError, ObjectRead};

impl StorageService {
    /// What is known of a file that the caller may read.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.get_file", skip_all)]
    pub async fn get_file(
        &self,
        caller: &Principal,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<File, StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        let reach = reading(caller, &bucket)?;
        reach.find(self.file_at(&bucket, key).await?)
    }

    /// A file of a public bucket.
    ///
    /// # Errors
    /// `NotFound` also if the bucket is not public; `Failure`.
    #[tracing::instrument(name = "storage.get_public_file", skip_all)]
    pub async fn get_public_file(&self, bucket: &BucketName, key: &ObjectKey) -> Result<File, StorageError> {
        let bucket = self.bucket_named(bucket).await?;
        if !bucket.public {
            return Err(StorageError::NotFound);
        }
        self.file_at(&bucket, key).await?.ok_or(StorageError::NotFound)
    }

    /// The octets of a file, or those in a range of it, as they come.
    ///
    /// # Errors
    /// `Quarantined`, `OctetsMissing`, `Failure`.
    #[tracing::instrument(name = "storage.read_file", skip_all)]
    pub async fn read_file(
        &self,
        bucket: &BucketName,
        file: &File,
        range: Option<Range<u64>>,
    ) -> Result<ObjectRead, StorageError> {
        if file.status != FileStatus::Ready {
            return Err(StorageError::Quarantined);
        }
        let key = object_key(file.blob)?;
        let read = self.ports.objects.read(bucket, &key, range).await;
        read.map_err(|error| match error {
            ObjectError::NotFound => {
                tracing::error!(%bucket, file = %file.id, blob = %file.blob, "the octets of a file are missing");
                StorageError::OctetsMissing
            }
            error => error.into(),
        })
    }

    pub(super) async fn file_at(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
    ) -> Result<Option<File>, StorageError> {
        Ok(self.ports.store.read().files().find(bucket.id, key).await?)
    }
}
