//! How far sweeps have come.

use async_trait::async_trait;

use crate::Result;

/// Places at which sweeps go on that look at a little in every run. Two runs at once do some of it
/// twice, which does no harm.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SweepRepository: Send + Sync {
    /// Where the sweep of this name goes on; none if it was never there.
    async fn find(&self, name: &str) -> Result<Option<String>>;

    /// Keeps where it goes on next, in at most 255 octets.
    async fn keep(&self, name: &str, place: &str) -> Result<()>;
}
