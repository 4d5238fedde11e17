//! Limits that all replicas count together.

use std::time::Duration;

use async_trait::async_trait;

/// A request that is to be counted against a bucket. The bucket is refilled evenly (the generic
/// cell rate algorithm), so that all that is kept of it is how long it takes to be full again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Which bucket: at most 100 ASCII octets.
    pub key: String,
    /// How long it takes to refill an empty one.
    pub size: Duration,
    /// How long it takes to refill what this request takes out.
    pub cost: Duration,
    /// How long it takes, as far as the caller knows, to refill what was taken out before; zero
    /// if the caller knows nothing that the counter could have forgotten. To be remembered even if
    /// the request is refused.
    pub owed: Duration,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// How long it takes to refill what was taken out by now.
    pub owed: Duration,
    /// When to try again, if the bucket does not hold enough; nothing was taken out then.
    pub wait: Option<Duration>,
}

/// Nobody counts now. Whoever asked counts elsewhere: this is no permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the shared counters do not answer")]
pub struct BucketsUnavailable;

/// Buckets that all replicas draw from: fast, and not always there.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SharedBuckets: Send + Sync {
    /// Another number whenever what was counted before may have been forgotten.
    fn epoch(&self) -> u64;

    /// Counts a request. It answers, or says that it cannot, within a fraction of a second.
    ///
    /// # Errors
    /// [`BucketsUnavailable`]; the request may have been counted all the same.
    async fn draw(&self, draw: &Draw) -> Result<Drawn, BucketsUnavailable>;
}
