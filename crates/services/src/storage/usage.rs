//! How much is kept.

use mainstay_domain::{BucketName, Principal, Usage};

use super::{StorageError, StorageService};

/// How full a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketUsage {
    /// What the caller keeps in it.
    pub own: Usage,
    /// What everybody keeps in it, if the caller may know.
    pub all: Option<Usage>,
    /// All files together, in octets; none without a quota, or if the caller may not know.
    pub quota: Option<i64>,
}

impl StorageService {
    /// How full a bucket is that the caller may know of.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.bucket_usage", skip_all)]
    pub async fn bucket_usage(
        &self,
        caller: &Principal,
        name: &BucketName,
    ) -> Result<BucketUsage, StorageError> {
        let seen = self.get_bucket(caller, name).await?;
        let bucket = seen.bucket;
        let files = self.ports.store.read().files();
        let own = files.usage(caller.user.id, Some(bucket.id)).await?;
        let all = Usage {
            size: bucket.used,
            files: bucket.files,
        };
        Ok(BucketUsage {
            own,
            all: seen.with_usage.then_some(all),
            quota: bucket.limits.quota.filter(|_| seen.with_usage),
        })
    }

    /// What the caller keeps in all buckets.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "storage.own_usage", skip_all)]
    pub async fn own_usage(&self, caller: &Principal) -> Result<Usage, StorageError> {
        Ok(self
            .ports
            .store
            .read()
            .files()
            .usage(caller.user.id, None)
            .await?)
    }
}
