//! The chain that audit events are sealed in.

use async_trait::async_trait;
use mainstay_domain::{AuditRecord, ChainHead, Timestamp, UserId};

use crate::Result;

/// The audit log as a chain. Events are appended without a place in it
/// ([`crate::AuditEventRepository`]) and sealed shortly after, so that no request waits for
/// another one's.
///
/// Whoever changes the chain advances its head first and in the same unit of work: of any
/// number that try at once, one does.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AuditChainRepository: Send + Sync {
    /// How far the chain reaches; none if somebody removed the row that tells.
    async fn head(&self) -> Result<Option<ChainHead>>;

    /// Moves the head if it still is `expected` (by `sealed.seq` and `mac`). Tells whether it
    /// was; of concurrent calls with one `expected` exactly one is told so.
    async fn advance(&self, expected: &ChainHead, next: &ChainHead) -> Result<bool>;

    /// Up to `limit` events without a place in the chain, oldest first.
    async fn unsealed(&self, limit: u32) -> Result<Vec<AuditRecord>>;

    /// How many events have no place in the chain.
    async fn count_unsealed(&self) -> Result<u64>;

    /// Gives events their places. Tells whether every one had none and still has the personal
    /// part it is sealed with; if not, roll back.
    async fn seal(&self, records: &[AuditRecord]) -> Result<bool>;

    /// Up to `limit` events whose number is above `seq`, in the order of the chain.
    async fn sealed_after(&self, seq: i64, limit: u32) -> Result<Vec<AuditRecord>>;

    /// Erases the personal part of up to `limit` events that `user` did or that happened to
    /// them. Returns how many had one.
    async fn erase(&self, user: UserId, now: Timestamp, limit: u32) -> Result<u64>;

    /// Removes the events whose number is above `after` and at most `until`. Returns how many.
    async fn prune(&self, after: i64, until: i64) -> Result<u64>;
}
