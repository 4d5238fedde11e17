//! Tokens that work once.

use async_trait::async_trait;
use mainstay_domain::{OneTimeToken, Timestamp, TokenHash, TokenPurpose};

use crate::Result;

/// Single-use tokens, kept as hashes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OneTimeTokenRepository: Send + Sync {
    /// Adds a token.
    async fn insert(&self, token: &OneTimeToken) -> Result<()>;

    /// Uses a token up: of any number of concurrent calls exactly one gets it, and only
    /// before it expires and for the purpose it was made for.
    async fn consume(
        &self,
        hash: &TokenHash,
        purpose: TokenPurpose,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>>;

    /// Removes every token of a purpose, used or not.
    async fn delete_all(&self, purpose: TokenPurpose) -> Result<u64>;

    /// Removes up to `limit` tokens that expired before `before`. Returns how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
