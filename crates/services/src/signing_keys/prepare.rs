//! Having a key before the first token is signed.

use super::{SigningKeyError, SigningKeyService};
use crate::ports::RingKey;

impl SigningKeyService {
    /// Reads the keys, and makes the first one if the configured algorithm has none that can be
    /// used. Of replicas that start together one makes it and all use it. To be called before the
    /// server answers.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "signing_keys.prepare", skip_all)]
    pub async fn prepare(&self) -> Result<(), SigningKeyError> {
        let keys = self.ports.store.read().signing_keys();
        let stored = keys.list().await?;
        let usable = self.install(&stored)?;
        let (algorithm, now) = (self.settings.algorithm, self.ports.clock.now());
        let may_sign = |key: &RingKey| key.algorithm == algorithm && key.active_from <= now;
        if !algorithm.is_asymmetric() || usable.iter().any(may_sign) {
            return Ok(());
        }
        // Nobody can have learned another key, so there is nothing to wait for. It follows the keys
        // that were looked at: one that another replica has made since is in its way.
        let first = self.make(&stored, now)?;
        if keys.insert(&first).await? {
            tracing::info!(kid = first.kid, %algorithm, "made the first signing key");
        }
        self.load().await?;
        Ok(())
    }
}
