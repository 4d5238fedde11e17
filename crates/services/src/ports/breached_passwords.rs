//! Passwords that are known from breaches.

use async_trait::async_trait;
use mainstay_domain::Password;

/// Nobody could be asked. The text is for logs and says nothing of the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("breached passwords cannot be looked up: {0}")]
pub struct BreachLookupError(pub String);

/// Knows which passwords were found in breaches (ASVS 5.0 6.2.12).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BreachedPasswords: Send + Sync {
    /// Whether this password was. The password itself must not leave the process, nor anything
    /// it could be found out from.
    ///
    /// # Errors
    /// [`BreachLookupError`] if nobody answers, or not in time.
    async fn contains(&self, password: &Password) -> Result<bool, BreachLookupError>;
}
