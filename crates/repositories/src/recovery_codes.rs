//! Recovery codes.

use async_trait::async_trait;
use mainstay_domain::{TokenHash, UserId};

use crate::Result;

/// Recovery codes of users, kept as hashes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RecoveryCodeRepository: Send + Sync {
    /// Puts these codes in the place of all that the user had. Of two concurrent calls one
    /// wins whole.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if the user is not there.
    async fn replace(&self, user_id: UserId, hashes: &[TokenHash]) -> Result<()>;

    /// Uses a code up: of any number of concurrent calls exactly one is told `true`.
    async fn consume(&self, user_id: UserId, hash: &TokenHash) -> Result<bool>;

    /// How many codes a user has left.
    async fn count(&self, user_id: UserId) -> Result<u64>;

    /// Removes every code of a user.
    async fn delete_all(&self, user_id: UserId) -> Result<u64>;
}
