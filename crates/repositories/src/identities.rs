//! Identities at other providers.

use async_trait::async_trait;
use mainstay_domain::{Identity, IdentityId, IdentityKey, Timestamp, UserId};

use crate::Result;

/// Links between accounts and identities at other providers.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdentityRepository: Send + Sync {
    /// Adds a link.
    ///
    /// # Errors
    /// `Conflict` with `IDENTITIES_SUBJECT` if the identity is linked already, to whomever, and
    /// with `REFERENCE` if the user is not there.
    async fn insert(&self, identity: &Identity) -> Result<()>;

    /// The link of an identity, whosever it is.
    async fn find(&self, key: &IdentityKey) -> Result<Option<Identity>>;

    /// Every link of a user, oldest first.
    async fn list(&self, user_id: UserId) -> Result<Vec<Identity>>;

    /// Notes that an identity opened a session.
    async fn record_use(&self, id: IdentityId, at: Timestamp) -> Result<()>;

    /// Removes a link of a user. Tells whether it was there.
    async fn delete(&self, user_id: UserId, id: IdentityId) -> Result<bool>;

    /// Removes every link of a user. Returns how many.
    async fn delete_all(&self, user_id: UserId) -> Result<u64>;
}
