//! The key pairs in use.

use mainstay_domain::{SigningAlgorithm, Timestamp};
use mainstay_services::ports::{RingKey, SignError};
use serde_json::json;

use super::held_key::HeldKey;

/// Every key pair that signs, will sign or has signed. There are a handful, so looking through them
/// is quicker than hashing. The older ones of an algorithm come first.
#[derive(Default)]
pub(super) struct Ring(Vec<HeldKey>);

impl Ring {
    pub(super) fn new(keys: &[RingKey]) -> Result<Self, SignError> {
        keys.iter().map(HeldKey::new).collect::<Result<_, _>>().map(Self)
    }

    /// The key that signs: the youngest one of the algorithm whose time has come.
    pub(super) fn signing(&self, algorithm: SigningAlgorithm, now: Timestamp) -> Option<&HeldKey> {
        let may_sign = |key: &&HeldKey| key.algorithm == algorithm && key.active_from <= now;
        self.0.iter().rfind(may_sign)
    }

    /// The key whose tokens have this header, letter for letter.
    pub(super) fn with_header(&self, header: &str) -> Option<&HeldKey> {
        self.0.iter().find(|key| key.header == header)
    }

    /// The key with this name.
    pub(super) fn named(&self, kid: &str) -> Option<&HeldKey> {
        self.0.iter().find(|key| key.kid == kid)
    }

    /// The public keys (RFC 7517 section 5).
    pub(super) fn jwks(&self, now: Timestamp) -> String {
        let published = self.0.iter().filter(|key| key.is_published(now));
        let keys: Vec<_> = published.map(|key| &key.jwk).collect();
        json!({ "keys": keys }).to_string()
    }
}
