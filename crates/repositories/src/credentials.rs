//! Password credentials.

use async_trait::async_trait;
use mainstay_domain::{PasswordCredential, PasswordHash, UserId};

use crate::Result;

/// Password hashes, apart from users so that reading a user never reads a hash.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CredentialRepository: Send + Sync {
    /// The password credential of a user.
    async fn find(&self, user_id: UserId) -> Result<Option<PasswordCredential>>;

    /// Adds or replaces the password credential of a user.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if the user is not there.
    async fn put(&self, credential: &PasswordCredential) -> Result<()>;

    /// Replaces the hash if it still is `old`; for upgrades, so that they never undo a change
    /// of password that happened meanwhile. Tells whether it was.
    async fn upgrade(&self, user_id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool>;

    /// Removes the password credential of a user. Tells whether there was one.
    async fn delete(&self, user_id: UserId) -> Result<bool>;
}
