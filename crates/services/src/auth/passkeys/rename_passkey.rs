//! Calling a passkey something else.

use mainstay_domain::{FactorName, PasskeyId, Principal};

use crate::auth::{AuthError, AuthService, sessions::session_of};

impl AuthService {
    /// Gives one of the caller's passkeys another name.
    ///
    /// # Errors
    /// `FactorNotFound`, `Failure`.
    #[tracing::instrument(name = "auth.rename_passkey", skip_all)]
    pub async fn rename_passkey(
        &self,
        caller: &Principal,
        id: PasskeyId,
        name: &FactorName,
    ) -> Result<(), AuthError> {
        session_of(caller)?;
        let renamed = self
            .ports
            .store
            .read()
            .passkeys()
            .rename(caller.user.id, id, name)
            .await?;
        if renamed {
            Ok(())
        } else {
            Err(AuthError::FactorNotFound)
        }
    }
}
