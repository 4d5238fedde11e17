//! Learning of keys that other replicas have made.

use chrono::Duration;
use mainstay_domain::SigningKey;

use super::{SigningKeyError, SigningKeyService, service::purpose};
use crate::ports::RingKey;

/// Tokens with made-up names cost one statement in this time, however many there are.
const LOOK_AGAIN: Duration = Duration::seconds(1);

impl SigningKeyService {
    /// Reads the keys again; for a job to run twice a minute. Keys that were not there before are
    /// used from now on, and those that are gone are not.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "signing_keys.reload", skip_all)]
    pub async fn reload(&self) -> Result<(), SigningKeyError> {
        let stored = self.ports.store.read().signing_keys().list().await?;
        let same = self.seen().kids.iter().eq(stored.iter().map(|key| &key.kid));
        if !same {
            self.install(&stored)?;
        }
        Ok(())
    }

    /// Reads the keys again because a token names one that is not known, at most once a second.
    /// Tells whether it did.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "signing_keys.look_for_new", skip_all)]
    pub async fn look_for_new(&self) -> Result<bool, SigningKeyError> {
        let now = self.ports.clock.now();
        {
            let mut seen = self.seen();
            if seen.looked_at.is_some_and(|at| now - at < LOOK_AGAIN) {
                return Ok(false);
            }
            seen.looked_at = Some(now);
        }
        self.reload().await?;
        Ok(true)
    }

    /// Reads every key, whatever was known. Returns those that can be used.
    pub(super) async fn load(&self) -> Result<Vec<RingKey>, SigningKeyError> {
        let stored = self.ports.store.read().signing_keys().list().await?;
        self.install(&stored)
    }

    /// Uses these keys from now on. Returns those that can be used.
    pub(super) fn install(&self, stored: &[SigningKey]) -> Result<Vec<RingKey>, SigningKeyError> {
        let usable: Vec<RingKey> = stored.iter().filter_map(|key| self.open(key, stored)).collect();
        self.ports.ring.install(usable.clone())?;
        self.seen().kids = stored.iter().map(|key| key.kid.clone()).collect();
        Ok(usable)
    }

    /// The key with its private part, unless that was encrypted under another secret key: what is
    /// lost then are access tokens that live for minutes, which is no reason not to start.
    fn open(&self, key: &SigningKey, all: &[SigningKey]) -> Option<RingKey> {
        match self.ports.sealer.open(&purpose(&key.kid), &key.sealed) {
            Ok(private) => Some(RingKey {
                kid: key.kid.clone(),
                algorithm: key.algorithm,
                private,
                active_from: key.active_from,
                verifies_until: self.verifies_until(key, all),
            }),
            Err(error) => {
                tracing::error!(kid = key.kid, %error, "a signing key cannot be used; was SECRET_KEY changed?");
                None
            }
        }
    }
}
