//! Removing keys that expired long ago.

use mainstay_domain::Timestamp;

use super::{ApiKeyError, ApiKeyService};

/// Keys removed by one statement.
const BATCH: u32 = 500;

impl ApiKeyService {
    /// Removes keys that had expired longer ago, at `now`, than they are kept for their owners to
    /// see. Until then they count among those that an account may have. Returns how many went.
    ///
    /// # Errors
    /// `Failure`; keys that could be removed are.
    #[tracing::instrument(name = "api_keys.purge_expired", skip_all)]
    pub async fn purge_expired(&self, now: Timestamp) -> Result<u64, ApiKeyError> {
        let before = now - self.settings.keep_expired;
        let keys = self.ports.store.read().api_keys();
        let mut total = 0;
        loop {
            let removed = keys.purge(before, BATCH).await?;
            total += removed;
            if removed < u64::from(BATCH) {
                return Ok(total);
            }
        }
    }
}
