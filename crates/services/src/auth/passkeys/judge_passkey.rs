//! Whether somebody has the passkey that they say.

use mainstay_domain::{AuditEvent, AuditKind, Origin, Passkey, PasskeyUse, TokenPurpose, UserId};
use mainstay_repositories::UnitOfWork;

use crate::{
    auth::{AuthError, AuthService},
    ports::{AssertionResponse, VerifiedAssertion},
};

/// A passkey whose use was verified but not recorded yet.
pub(in crate::auth) struct JudgedPasskey {
    pub(in crate::auth) passkey: Passkey,
    pub(in crate::auth) user_verified: bool,
    used: PasskeyUse,
}

impl AuthService {
    /// Verifies the use of a passkey: of `user` for the challenge bound to `binding`, or of
    /// anybody for a challenge that is bound to nothing.
    ///
    /// # Errors
    /// `PasskeyRefused` whatever is wrong with it; `Failure`.
    pub(in crate::auth) async fn judge_passkey(
        &self,
        response: &AssertionResponse,
        expected: Option<(UserId, &str)>,
    ) -> Result<JudgedPasskey, AuthError> {
        let purpose = TokenPurpose::PasskeyLogin;
        let (challenge, token) = self.use_challenge(purpose, &response.client_data).await?;
        let bound = token.user_id.zip(token.payload.as_deref());
        if bound != expected || token.user_id.is_some() != expected.is_some() {
            return Err(AuthError::PasskeyRefused);
        }
        let found = self
            .ports
            .store
            .read()
            .passkeys()
            .find(&response.credential_id)
            .await?;
        let passkey = found.ok_or(AuthError::PasskeyRefused)?;
        if expected.is_some_and(|(user, _)| user != passkey.user_id) || !names_owner(response, &passkey) {
            return Err(AuthError::PasskeyRefused);
        }
        let verified = self
            .ports
            .passkeys
            .verify_assertion(&challenge, response, &passkey.public_key)
            .map_err(|error| {
                tracing::info!(%error, "a passkey was refused");
                AuthError::PasskeyRefused
            })?;
        Ok(self.judged(passkey, verified))
    }

    fn judged(&self, passkey: Passkey, verified: VerifiedAssertion) -> JudgedPasskey {
        JudgedPasskey {
            passkey,
            user_verified: verified.user_verified,
            used: PasskeyUse {
                sign_count: verified.sign_count,
                backed_up: verified.backed_up,
                at: self.now(),
            },
        }
    }

    /// Records a use in a unit of work. `false` tells that its count did not go up: there may
    /// be a copy of the passkey, and this may be it.
    pub(in crate::auth) async fn record_passkey(
        &self,
        unit: &dyn UnitOfWork,
        judged: &JudgedPasskey,
    ) -> Result<bool, AuthError> {
        Ok(unit
            .passkeys()
            .record_use(judged.passkey.id, &judged.used)
            .await?)
    }

    /// The entry in the audit log for a passkey whose count went back.
    pub(in crate::auth) async fn suspect_copy(
        &self,
        judged: &JudgedPasskey,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let event = AuditEvent {
            detail: Some(judged.passkey.id.to_string()),
            ..self.event(
                AuditKind::PasskeyCopySuspected,
                Some(judged.passkey.user_id),
                origin,
            )
        };
        Ok(self.append(event).await?)
    }
}

/// An authenticator that names the owner must name the right one (WebAuthn section 7.2 step 6).
fn names_owner(response: &AssertionResponse, passkey: &Passkey) -> bool {
    let named = response.user_handle.as_deref();
    named.is_none_or(|named| named == passkey.user_id.uuid().as_bytes())
}
