//! Password hashing.

use std::time::Duration;

use async_trait::async_trait;
use mainstay_domain::{InvalidValue, Password, PasswordHash};

/// What came of comparing a password with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is the password.
    Match,
    /// It is the password, but the hash was made with outdated parameters, or by another
    /// system.
    MatchOutdated,
    /// It is not.
    Mismatch,
}

/// Why no hash was computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Too many hashes are waiting already.
    #[error("password hashing is overloaded")]
    Overloaded {
        /// When there may be room again.
        retry_after: Duration,
    },
    /// A defect.
    #[error("password hashing failed: {0}")]
    Failed(String),
}

/// Turns passwords into hashes on a bounded pool of threads.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password with today's parameters and a fresh salt, into PHC format.
    ///
    /// # Errors
    /// [`HashError::Overloaded`] at once if the queue is full.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    /// Compares a password with a hash. Without a hash (nobody has this address) it does the
    /// same work and tells [`Verification::Mismatch`], so that time gives nothing away; likewise
    /// with a hash that cannot be read, or that asks for too much memory or time.
    ///
    /// # Errors
    /// [`HashError::Overloaded`] at once if the queue is full.
    async fn verify(
        &self,
        password: &Password,
        hash: Option<PasswordHash>,
    ) -> Result<Verification, HashError>;

    /// Takes over a hash that another system made, as it is to be stored; nothing is computed.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `HASH_UNKNOWN`, `HASH_MALFORMED`, `HASH_TOO_COSTLY` or
    /// `FIREBASE_KEY_MISSING`.
    fn adopt(&self, hash: &str) -> Result<PasswordHash, InvalidValue>;
}
