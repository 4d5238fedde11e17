//! Asking for a passkey: to log in with, as a second factor, or to prove again who one is.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_domain::{Origin, Passkey, Principal, SessionId, TokenPurpose, UserId};

use super::PasskeyChallenge;
use crate::auth::{AuthError, AuthService, network::Counter, one_time_token::hash_of, sessions::session_of};

/// A question for one of these passkeys; for any if there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyOffer {
    /// The question.
    pub challenge: PasskeyChallenge,
    /// Which passkeys may answer.
    pub allowed: Vec<Passkey>,
    /// Whether the authenticator must verify its user.
    pub verify_user: bool,
}

impl AuthService {
    /// Asks whoever is there for a passkey to log in with. Nothing is told about any account.
    ///
    /// # Errors
    /// `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.offer_passkey_login", skip_all)]
    pub async fn offer_passkey_login(&self, origin: &Origin) -> Result<PasskeyOffer, AuthError> {
        self.count_from(Counter::Passkeys, origin).await?;
        let challenge = self.new_challenge(TokenPurpose::PasskeyLogin, None, None).await?;
        Ok(PasskeyOffer {
            challenge,
            allowed: Vec::new(),
            verify_user: true,
        })
    }

    /// Asks for a passkey as the second step of a login.
    ///
    /// # Errors
    /// `InvalidMfaToken`, `MfaNotEnabled` if the account has no passkey, `Failure`.
    #[tracing::instrument(name = "auth.offer_passkey_as_second_factor", skip_all)]
    pub async fn offer_passkey_as_second_factor(&self, mfa_token: &str) -> Result<PasskeyOffer, AuthError> {
        let token = self.try_mfa_token(mfa_token).await?;
        let user = self.holder_of(&token).await?;
        let binding = mfa_binding(mfa_token);
        self.offer_own(user.id, binding).await
    }

    /// Asks for a passkey of the caller, to prove again who they are.
    ///
    /// # Errors
    /// `SessionRequired`, `MfaNotEnabled` if the account has no passkey, `Failure`.
    #[tracing::instrument(name = "auth.offer_passkey_to_reauthenticate", skip_all)]
    pub async fn offer_passkey_to_reauthenticate(
        &self,
        caller: &Principal,
    ) -> Result<PasskeyOffer, AuthError> {
        let session = session_of(caller)?.id;
        self.offer_own(caller.user.id, session_binding(session)).await
    }

    async fn offer_own(&self, user: UserId, binding: String) -> Result<PasskeyOffer, AuthError> {
        let allowed = self.ports.store.read().passkeys().list(user).await?;
        if allowed.is_empty() {
            return Err(AuthError::MfaNotEnabled);
        }
        let purpose = TokenPurpose::PasskeyLogin;
        Ok(PasskeyOffer {
            challenge: self.new_challenge(purpose, Some(user), Some(binding)).await?,
            allowed,
            verify_user: false,
        })
    }
}

/// What a challenge for the second step of a login is bound to.
pub(in crate::auth) fn mfa_binding(mfa_token: &str) -> String {
    format!("mfa:{}", BASE64_URL_SAFE_NO_PAD.encode(hash_of(mfa_token).0))
}

/// What a challenge for somebody who is logged in is bound to.
pub(in crate::auth) fn session_binding(session: SessionId) -> String {
    format!("session:{session}")
}
