//! Octets in the object store.

use async_trait::async_trait;
use mainstay_domain::{Blob, BlobId, BlobStatus, Timestamp};

use crate::Result;

/// What lies in the object store.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BlobRepository: Send + Sync {
    /// Adds octets that are about to be written.
    async fn insert(&self, blob: &Blob) -> Result<()>;

    /// The octets with this id.
    async fn find(&self, id: BlobId) -> Result<Option<Blob>>;

    /// Moves octets on from one status to another at `at`; tells whether they were in the first.
    async fn set_status(&self, id: BlobId, from: BlobStatus, to: BlobStatus, at: Timestamp) -> Result<bool>;

    /// Up to `limit` octets that have been in a status since before `before`, the longest first.
    async fn list(&self, status: BlobStatus, before: Timestamp, limit: u32) -> Result<Vec<Blob>>;

    /// How many octets have been in a status since before `before`.
    async fn count(&self, status: BlobStatus, before: Timestamp) -> Result<u64>;

    /// Those of `ids` that have a row, in any status and any order.
    async fn known(&self, ids: &[BlobId]) -> Result<Vec<BlobId>>;

    /// Removes octets in this status; tells whether they were in it.
    async fn delete(&self, id: BlobId, status: BlobStatus) -> Result<bool>;
}
