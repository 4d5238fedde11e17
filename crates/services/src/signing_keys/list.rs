//! Seeing the signing keys.

use mainstay_domain::{SigningAlgorithm, SigningKey, Timestamp};

use super::{SigningKeyError, SigningKeyService};

/// What a key is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It is published and waits for its turn.
    Published,
    /// It signs.
    Signing,
    /// It verifies what it signed earlier.
    Verifying,
    /// The last token it signed has expired.
    Expired,
}

impl KeyState {
    /// The name used on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Signing => "signing",
            Self::Verifying => "verifying",
            Self::Expired => "expired",
        }
    }
}

/// A key without its private part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// Its name in tokens.
    pub kid: String,
    /// The one algorithm it is used with.
    pub algorithm: SigningAlgorithm,
    /// What it is doing.
    pub state: KeyState,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
    /// Until when it verifies; none while it has no successor.
    pub verifies_until: Option<Timestamp>,
}

impl SigningKeyService {
    /// Every key, by algorithm and age.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "signing_keys.list", skip_all)]
    pub async fn list(&self) -> Result<Vec<ListedKey>, SigningKeyError> {
        let stored = self.ports.store.read().signing_keys().list().await?;
        let now = self.ports.clock.now();
        let active = |key: &&SigningKey| key.algorithm == self.settings.algorithm && key.active_from <= now;
        let signing = stored.iter().filter(active).max_by_key(|key| key.generation);
        let signing = signing.map(|key| key.kid.clone());
        let listed = stored.iter().map(|key| {
            let verifies_until = self.verifies_until(key, &stored);
            let state = match verifies_until {
                _ if signing.as_ref() == Some(&key.kid) => KeyState::Signing,
                _ if now < key.active_from => KeyState::Published,
                Some(end) if end <= now => KeyState::Expired,
                _ => KeyState::Verifying,
            };
            ListedKey {
                kid: key.kid.clone(),
                algorithm: key.algorithm,
                state,
                created_at: key.created_at,
                active_from: key.active_from,
                verifies_until,
            }
        });
        Ok(listed.collect())
    }
}
