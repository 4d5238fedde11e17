//! Buckets.

use async_trait::async_trait;
use mainstay_domain::{Bucket, BucketId, BucketName, Page, PageRequest, Usage};

use crate::Result;

/// Buckets and how full they are.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BucketRepository: Send + Sync {
    /// Adds a bucket.
    ///
    /// # Errors
    /// `Conflict` with `BUCKETS_NAME` if its name is taken.
    async fn insert(&self, bucket: &Bucket) -> Result<()>;

    /// The bucket of this name.
    async fn find(&self, name: &BucketName) -> Result<Option<Bucket>>;

    /// The bucket with this id.
    async fn find_by_id(&self, id: BucketId) -> Result<Option<Bucket>>;

    /// Buckets by name.
    async fn list(&self, page: &PageRequest) -> Result<Page<Bucket>>;

    /// Writes its rules (`public`, `open`, `limits`, `url_epoch`, `updated_at`) and counts the
    /// version up, if it still is `bucket.version`. Never touches what is counted.
    async fn update(&self, bucket: &Bucket) -> Result<bool>;

    /// Removes a bucket without files; tells whether it was there.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if there are files in it.
    async fn delete(&self, id: BucketId) -> Result<bool>;

    /// Counts what is added (or, below zero, taken away). `false`, and nothing counted, if the quota
    /// would be passed by what is added or the bucket is not there; taking away always counts. Holds
    /// for any number of concurrent calls; without a quota they need not wait for one another. What
    /// is added at the very moment that a bucket gets its first quota may pass it.
    async fn count(&self, id: BucketId, change: Usage) -> Result<bool>;
}
