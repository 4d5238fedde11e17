//! Deletions of many files.

use async_trait::async_trait;
use mainstay_domain::{
    BucketId, DeletionStatus, FileDeletion, FileDeletionId, ObjectKey, Page, PageRequest, Timestamp, UserId,
};

use crate::Result;

/// Deletions of many files, and how far they have come.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FileDeletionRepository: Send + Sync {
    /// Adds a deletion unless its owner has `most` under way already; tells whether it did. Holds
    /// for any number of concurrent calls.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if its owner or its bucket is not there.
    async fn insert(&self, deletion: &FileDeletion, most: u32) -> Result<bool>;

    /// The deletion with this id, whosever it is.
    async fn find(&self, id: FileDeletionId) -> Result<Option<FileDeletion>>;

    /// Deletions that a user asked for, in one bucket or in all, newest first.
    async fn list(
        &self,
        owner: UserId,
        bucket: Option<BucketId>,
        page: &PageRequest,
    ) -> Result<Page<FileDeletion>>;

    /// Moves a deletion under way on by `moved`: so many files more are gone, and every key up to that
    /// one was looked at. Tells whether it still was at the step that `seen` names, and under way. Of any
    /// number of concurrent calls from one step exactly one counts.
    async fn advance<'a>(
        &self,
        seen: &FileDeletion,
        moved: (i64, Option<&'a ObjectKey>),
        now: Timestamp,
    ) -> Result<bool>;

    /// Ends a deletion; tells whether it was under way.
    async fn end(&self, id: FileDeletionId, status: DeletionStatus, now: Timestamp) -> Result<bool>;

    /// Lets every deletion fail that has not moved on since before `before`. Returns how many.
    async fn fail_stalled(&self, before: Timestamp, now: Timestamp) -> Result<u64>;

    /// Removes up to `limit` deletions that ended before `before`. Returns how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
