//! API keys.

use async_trait::async_trait;
use mainstay_domain::{ApiKey, ApiKeyId, ApiKeyName, Page, PageRequest, Timestamp, User, UserId};

use crate::Result;

/// API keys, kept as hashes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ApiKeyRepository: Send + Sync {
    /// Adds a key unless its owner has `most` already; tells whether it did. Holds for any
    /// number of concurrent calls.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if the user is not there.
    async fn insert(&self, key: &ApiKey, most: u32) -> Result<bool>;

    /// The key with this id, if it is this user's.
    async fn find(&self, user_id: UserId, id: ApiKeyId) -> Result<Option<ApiKey>>;

    /// The key and its owner with roles, in one statement.
    async fn find_with_user(&self, id: ApiKeyId) -> Result<Option<(ApiKey, User)>>;

    /// The keys of a user, newest first, expired ones included.
    async fn list(&self, user_id: UserId, page: &PageRequest) -> Result<Page<ApiKey>>;

    /// Gives a user's key another name; tells whether it is there.
    async fn rename(&self, user_id: UserId, id: ApiKeyId, name: &ApiKeyName) -> Result<bool>;

    /// Notes that a key was used at `at`, unless a later use is noted already.
    async fn note_use(&self, id: ApiKeyId, at: Timestamp) -> Result<()>;

    /// Removes a user's key; tells whether it was there.
    async fn delete(&self, user_id: UserId, id: ApiKeyId) -> Result<bool>;

    /// Removes every key of a user. Returns how many.
    async fn delete_all(&self, user_id: UserId) -> Result<u64>;

    /// Removes up to `limit` keys that expired before `before`; those that never expire stay.
    /// Returns how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
