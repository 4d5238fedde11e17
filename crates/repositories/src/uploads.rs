//! Files that come in parts.

use async_trait::async_trait;
use mainstay_domain::{Page, PageRequest, ResumableUpload, Timestamp, UploadId, UploadPart, UserId};

use crate::Result;

/// Uploads that can be resumed, and the parts of them that are here.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UploadRepository: Send + Sync {
    /// Adds an upload unless its owner has `most` already that are neither finished nor expired
    /// when it is made; tells whether it did. Holds for any number of concurrent calls.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if its owner or its bucket is not there.
    async fn insert(&self, upload: &ResumableUpload, most: u32) -> Result<bool>;

    /// The upload with this id, whosever it is.
    async fn find(&self, id: UploadId) -> Result<Option<ResumableUpload>>;

    /// Uploads of a user, finished or not, newest first.
    async fn list(&self, owner: UserId, page: &PageRequest) -> Result<Page<ResumableUpload>>;

    /// Adds a part that begins where the last one ended, and counts it as received; tells whether
    /// it did. Of any number of concurrent calls for one place exactly one does. Never to an upload
    /// that is finished.
    async fn append(&self, id: UploadId, part: &UploadPart) -> Result<bool>;

    /// The parts of an upload, the first one first.
    async fn parts(&self, id: UploadId) -> Result<Vec<UploadPart>>;

    /// Notes that an upload is a file now, all of it received; tells whether it was not before.
    async fn finish(&self, id: UploadId) -> Result<bool>;

    /// Removes a user's upload and its parts; tells whether it was there.
    async fn delete(&self, id: UploadId, owner: UserId) -> Result<bool>;

    /// Removes up to `limit` uploads that expired before `before`, with their parts. Returns how
    /// many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
