//! Key pairs that access tokens are signed with.

use std::fmt;

use mainstay_domain::{SigningAlgorithm, Timestamp};

use super::SignError;

/// A key pair that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct GeneratedKey {
    /// The thumbprint of its public key (RFC 7638).
    pub kid: String,
    /// The private key, PKCS #8 in DER.
    pub private: Vec<u8>,
}

impl fmt::Debug for GeneratedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GeneratedKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// A key pair to sign and verify with.
#[derive(Clone, PartialEq, Eq)]
pub struct RingKey {
    /// Its name in tokens.
    pub kid: String,
    /// The one algorithm it is used with.
    pub algorithm: SigningAlgorithm,
    /// The private key, PKCS #8 in DER.
    pub private: Vec<u8>,
    /// From when on it signs.
    pub active_from: Timestamp,
    /// Until when it verifies; none while it has no successor.
    pub verifies_until: Option<Timestamp>,
}

impl fmt::Debug for RingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Makes key pairs, and holds those that access tokens are signed and verified with.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait KeyRing: Send + Sync {
    /// Makes a key pair. RSA takes a good part of a second.
    ///
    /// # Errors
    /// [`SignError`] for HS256, which has no pair; otherwise a defect.
    fn generate(&self, algorithm: SigningAlgorithm) -> Result<GeneratedKey, SignError>;

    /// Replaces all keys held so far; takes effect with the next token. The older ones of an
    /// algorithm come first.
    ///
    /// # Errors
    /// [`SignError`] if one of them is no key of its algorithm; then nothing is replaced.
    fn install(&self, keys: Vec<RingKey>) -> Result<(), SignError>;

    /// The public keys that verify at `now` or soon will, as JSON (RFC 7517 section 5).
    fn jwks(&self, now: Timestamp) -> String;
}
