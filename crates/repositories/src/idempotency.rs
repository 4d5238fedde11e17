//! Remembered answers to `Idempotency-Key` requests.

use async_trait::async_trait;
use mainstay_domain::{IdempotencyRecord, StoredResponse, Timestamp};

use crate::Result;

/// Idempotency records.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdempotencyRepository: Send + Sync {
    /// Claims a key: adds the record if there is none, or only one that expired before `now`.
    /// Returns the record that stands against it otherwise.
    async fn claim(&self, record: &IdempotencyRecord, now: Timestamp) -> Result<Option<IdempotencyRecord>>;

    /// Stores the answer to a claimed key, if this is the claim that holds it (its end tells them
    /// apart) and it has no answer yet: who was taken for dead must not answer for the next one.
    async fn complete(&self, claim: &IdempotencyRecord, response: &StoredResponse) -> Result<()>;

    /// Gives a claimed key back, so that the request may be tried again, if this is the claim that
    /// holds it (its end tells them apart) and it has no answer yet.
    async fn release(&self, claim: &IdempotencyRecord) -> Result<()>;

    /// Removes up to `limit` records that expired before `before`. Returns how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
