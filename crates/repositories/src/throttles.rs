//! Counters that slow guesses down.

use async_trait::async_trait;
use mainstay_domain::{ThrottleState, Timestamp};

use crate::Result;

/// Tries counted by key, shared by all replicas. Keys are at most 100 ASCII octets.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ThrottleRepository: Send + Sync {
    /// What is remembered under a key.
    async fn find(&self, key: &str) -> Result<Option<ThrottleState>>;

    /// Stores `next` if what is remembered still is `expected` (by `tries` and `last_at`).
    /// Tells whether it was; of concurrent calls with one `expected` exactly one is told so.
    async fn advance(&self, key: &str, expected: Option<ThrottleState>, next: &ThrottleState)
    -> Result<bool>;

    /// Forgets a key.
    async fn clear(&self, key: &str) -> Result<()>;

    /// Removes up to `limit` keys whose last try was before `before`. Returns how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
