//! The symmetric key, and the one before it.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use mainstay_domain::SigningAlgorithm;

use super::header;

/// The key that HS256 signs with, derived from the secret key, and the one derived from the secret
/// key before. Tokens of either carry no `kid`: there is nothing to publish.
pub(super) struct HmacKeys {
    /// The header of every token, encoded.
    pub(super) header: String,
    current: Key,
    previous: Option<Key>,
}

impl HmacKeys {
    pub(super) fn new(current: &[u8; 32], previous: Option<&[u8; 32]>) -> Self {
        let key = |octets: &[u8; 32]| Key::new(HMAC_SHA256, octets);
        Self {
            header: header::encoded(SigningAlgorithm::Hs256, None),
            current: key(current),
            previous: previous.map(key),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        sign(&self.current, message).as_ref().to_vec()
    }

    /// Compares in constant time.
    pub(super) fn verifies(&self, message: &[u8], tag: &[u8]) -> bool {
        let by = |key: &Key| verify(key, message, tag).is_ok();
        by(&self.current) || self.previous.as_ref().is_some_and(by)
    }
}
