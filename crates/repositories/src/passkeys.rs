//! Passkeys.

use async_trait::async_trait;
use mainstay_domain::{FactorName, Passkey, PasskeyId, PasskeyUse, UserId, WebauthnId};

use crate::Result;

/// Passkeys of users.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasskeyRepository: Send + Sync {
    /// Adds a passkey.
    ///
    /// # Errors
    /// `Conflict` with `PASSKEYS_CREDENTIAL` if its credential is registered already, by
    /// whomever, and with `REFERENCE` if the user is not there.
    async fn insert(&self, passkey: &Passkey) -> Result<()>;

    /// The passkey with this credential, whosever it is.
    async fn find(&self, credential_id: &WebauthnId) -> Result<Option<Passkey>>;

    /// Every passkey of a user, oldest first.
    async fn list(&self, user_id: UserId) -> Result<Vec<Passkey>>;

    /// Notes a use if the authenticator's count went up, or if it does not count at all
    /// (WebAuthn section 6.1.1). Of any number of concurrent calls with one count exactly one
    /// is told `true`; `false` means that there may be a copy of the passkey.
    async fn record_use(&self, id: PasskeyId, used: &PasskeyUse) -> Result<bool>;

    /// Gives a passkey of a user another name. Tells whether it was there.
    async fn rename(&self, user_id: UserId, id: PasskeyId, name: &FactorName) -> Result<bool>;

    /// Makes every passkey of a user a second factor that opens nothing by itself.
    async fn end_passwordless(&self, user_id: UserId) -> Result<u64>;

    /// Removes a passkey of a user. Tells whether it was there.
    async fn delete(&self, user_id: UserId, id: PasskeyId) -> Result<bool>;

    /// Removes every passkey of a user.
    async fn delete_all(&self, user_id: UserId) -> Result<u64>;
}
