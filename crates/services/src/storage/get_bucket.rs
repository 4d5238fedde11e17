//! Reading a bucket.

use mainstay_domain::{Bucket, BucketName, Principal};

use super::{StorageError, StorageService, access::knows_buckets};

/// A bucket as somebody may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBucket {
    /// The bucket.
    pub bucket: Bucket,
    /// Whether they may know how full it is: that tells about the files of others.
    pub with_usage: bool,
}

impl StorageService {
    /// A bucket that the caller may know of: any with a permission of storage, else an open one.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.get_bucket", skip_all)]
    pub async fn get_bucket(
        &self,
        caller: &Principal,
        name: &BucketName,
    ) -> Result<SeenBucket, StorageError> {
        let bucket = self.bucket_named(name).await?;
        let with_usage = knows_buckets(caller);
        if !with_usage && !bucket.open {
            return Err(StorageError::NotFound);
        }
        Ok(SeenBucket { bucket, with_usage })
    }
}
