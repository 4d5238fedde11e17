//! Which passwords are too easy to guess.

use async_trait::async_trait;
use mainstay_domain::{InvalidValue, Password};

/// Judges new passwords.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasswordPolicy: Send + Sync {
    /// Refuses a password that is common, or easy to guess for somebody who knows `context`
    /// (address, names) (ASVS 5.0 6.2.4, 6.2.11).
    ///
    /// # Errors
    /// [`InvalidValue`] with code `PASSWORD_TOO_COMMON`.
    async fn check(&self, password: &Password, context: Vec<String>) -> Result<(), InvalidValue>;
}
