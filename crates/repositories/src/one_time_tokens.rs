//! Tokens that work once.

use async_trait::async_trait;
use mainstay_domain::{OneTimeToken, Timestamp, TokenHash, TokenPurpose, UserId};

use crate::Result;

/// Single-use tokens, kept as hashes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OneTimeTokenRepository: Send + Sync {
    /// Adds a token.
    async fn insert(&self, token: &OneTimeToken) -> Result<()>;

    /// Adds a token, or puts it in the place of the one with its hash: unused, with no tries.
    /// For tokens whose hash names whom they are for, of which only the last one counts.
    async fn replace(&self, token: &OneTimeToken) -> Result<()>;

    /// Counts a try at a token before it is judged, and returns the token with this try in
    /// it. None if it is used up, expired or for another purpose, or if there were `max_tries`
    /// already: of any number of concurrent calls at most `max_tries` get it.
    async fn attempt(
        &self,
        hash: &TokenHash,
        purpose: TokenPurpose,
        max_tries: i32,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>>;

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

    /// Removes every token of a purpose that concerns a user, used or not.
    async fn delete_for_user(&self, user_id: UserId, purpose: TokenPurpose) -> Result<u64>;

    /// Removes up to `limit` tokens that expired before `before`. Returns how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
