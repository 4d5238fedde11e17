//! Keys that access tokens are signed with.

use std::{fmt, str::FromStr};

use crate::{InvalidValue, Timestamp};

/// How access tokens are signed (RFC 7518 section 3.1, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// HMAC with SHA-256, under a key derived from the secret key. Only this server can verify.
    Hs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256, for verifiers that know nothing else.
    Rs256,
}

impl SigningAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Hs256, Self::Es256, Self::EdDsa, Self::Rs256];

    /// The `alg` of JOSE headers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }

    /// Whether there is a public key that others verify with.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        !matches!(self, Self::Hs256)
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SigningAlgorithm {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == raw)
            .ok_or(InvalidValue::new(
                "INVALID_ALGORITHM",
                "must be HS256, ES256, EdDSA or RS256",
            ))
    }
}

/// A key pair that access tokens are signed with, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name in tokens: the thumbprint of its public key (RFC 7638).
    pub kid: String,
    /// The one algorithm it is used with (RFC 8725 section 3.1).
    pub algorithm: SigningAlgorithm,
    /// Number among the keys of this algorithm, from 1.
    pub generation: i32,
    /// The private key (PKCS #8), encrypted.
    pub sealed: String,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
