//! Keys that access tokens are signed with.

use async_trait::async_trait;
use mainstay_domain::SigningKey;

use crate::Result;

/// Signing keys; there are few, so they are listed whole.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SigningKeyRepository: Send + Sync {
    /// Adds a key unless there is one of its algorithm and generation; tells whether it did.
    /// Of any number of concurrent calls exactly one is told `true`.
    async fn insert(&self, key: &SigningKey) -> Result<bool>;

    /// Every key, by algorithm and generation.
    async fn list(&self) -> Result<Vec<SigningKey>>;

    /// Removes a key; tells whether it was there.
    async fn delete(&self, kid: &str) -> Result<bool>;
}
