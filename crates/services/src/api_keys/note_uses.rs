//! Writing down when keys were last used.

use super::{ApiKeyError, ApiKeyService};

impl ApiKeyService {
    /// Writes down the uses that were noted since the last time: one small statement for each key
    /// in use, for a job to run once a minute. No request ever waits for it. Returns how many.
    ///
    /// # Errors
    /// `Failure`; uses that were not written are noted again with the next request.
    #[tracing::instrument(name = "api_keys.note_uses", skip_all)]
    pub async fn note_uses(&self) -> Result<usize, ApiKeyError> {
        let uses = self.meter.take_uses();
        for (id, at) in &uses {
            self.ports.store.read().api_keys().note_use(*id, *at).await?;
        }
        Ok(uses.len())
    }
}
