//! The service and what it stands on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Duration;
use mainstay_domain::{SigningAlgorithm, SigningKey, Timestamp, truncate_to_micros};
use mainstay_repositories::Store;

use super::SigningKeyError;
use crate::ports::{Clock, Entropy, KeyRing, Sealer};

/// Clocks of replicas differ, and a token is signed a moment before it is sent.
const LEEWAY: Duration = Duration::minutes(1);

/// The ports behind [`SigningKeyService`].
#[derive(Clone)]
pub struct SigningKeyPorts {
    /// Where data is kept.
    pub store: Arc<dyn Store>,
    /// Encrypts private keys.
    pub sealer: Arc<dyn Sealer>,
    /// Signs and verifies with the keys.
    pub ring: Arc<dyn KeyRing>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
}

/// What an operator can decide about signing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeySettings {
    /// How access tokens are signed.
    pub algorithm: SigningAlgorithm,
    /// How long a new key is published before it signs, so that whoever verifies tokens has
    /// learned it by then.
    pub publish_for: Duration,
    /// Life of an access token: a key that has a successor verifies this much longer.
    pub token_life: Duration,
}

/// What is remembered between calls.
#[derive(Default)]
pub(super) struct Seen {
    /// The names of the keys in the ring.
    pub(super) kids: Vec<String>,
    /// When the store was last asked because of an unknown name.
    pub(super) looked_at: Option<Timestamp>,
}

/// The keys that access tokens are signed with. They are kept in the database, the private ones
/// encrypted, and held by every replica.
pub struct SigningKeyService {
    pub(super) ports: SigningKeyPorts,
    pub(super) settings: SigningKeySettings,
    seen: Mutex<Seen>,
}

impl SigningKeyService {
    /// A service over `ports`.
    #[must_use]
    pub fn new(ports: SigningKeyPorts, settings: SigningKeySettings) -> Self {
        Self {
            ports,
            settings,
            seen: Mutex::default(),
        }
    }

    /// The public keys as JSON (RFC 7517 section 5), and for how many seconds at most others may
    /// go on without asking again: a new key must have reached them before it signs.
    #[must_use]
    pub fn jwks(&self) -> (String, i64) {
        const LONGEST: i64 = 300;
        let fresh_for = self.settings.publish_for.num_seconds().clamp(0, LONGEST);
        (self.ports.ring.jwks(self.ports.clock.now()), fresh_for)
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        // Only ever assigned to as a whole.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when `key` verifies: as long as tokens live that it signed before its successor did.
    pub(super) fn verifies_until(&self, key: &SigningKey, all: &[SigningKey]) -> Option<Timestamp> {
        let successor = all
            .iter()
            .filter(|other| other.algorithm == key.algorithm && other.generation > key.generation)
            .min_by_key(|other| other.generation)?;
        Some(successor.active_from + self.settings.token_life + LEEWAY)
    }

    /// Makes the next key of the configured algorithm; tells whether nobody else did meanwhile.
    pub(super) fn make(
        &self,
        all: &[SigningKey],
        active_from: Timestamp,
    ) -> Result<SigningKey, SigningKeyError> {
        let algorithm = self.settings.algorithm;
        let generations = all.iter().filter(|key| key.algorithm == algorithm);
        let last = generations.map(|key| key.generation).max().unwrap_or(0);
        let made = self.ports.ring.generate(algorithm)?;
        Ok(SigningKey {
            sealed: self.ports.sealer.seal(&purpose(&made.kid), &made.private)?,
            kid: made.kid,
            algorithm,
            generation: last + 1,
            created_at: truncate_to_micros(self.ports.clock.now()),
            active_from: truncate_to_micros(active_from),
        })
    }
}

/// What a private key is sealed for: a sealed key moved to another row opens no more.
pub(super) fn purpose(kid: &str) -> String {
    format!("signing key:{kid}")
}
