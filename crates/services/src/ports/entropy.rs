//! Randomness.

use mainstay_domain::Timestamp;

/// Makes identifiers and secrets nobody can guess.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Entropy: Send + Sync {
    /// A UUIDv7 (RFC 9562) for something made at `at`.
    fn id(&self, at: Timestamp) -> uuid::Uuid;

    /// 32 octets from a cryptographically secure source.
    fn secret(&self) -> [u8; 32];
}
