//! Logging in with a passkey and nothing else.

use mainstay_domain::{AuditKind, AuthMethod, Origin, Passkey};
use mainstay_repositories::UnitOfWork;

use crate::{
    auth::{AuthError, AuthService, SignInOutcome, network::Counter, sign_in::Proof},
    ports::AssertionResponse,
};

impl AuthService {
    /// Opens a session for the owner of a passkey that verified its user: something they have
    /// and something they know or are, so that no further factor is asked for (NIST SP
    /// 800-63B-4 section 3.1.7).
    ///
    /// # Errors
    /// `PasskeyRefused`, also if the authenticator did not verify its user, or if the passkey is
    /// a second factor only; `AccountDisabled`,
    /// `EmailNotVerified`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.login_with_passkey", skip_all)]
    pub async fn login_with_passkey(
        &self,
        response: &AssertionResponse,
        origin: &Origin,
    ) -> Result<SignInOutcome, AuthError> {
        self.check_from(Counter::Failures, origin).await?;
        let judged = match self.judge_passkey(response, None).await {
            Err(AuthError::PasskeyRefused) => return Err(self.refused(origin).await?),
            other => other?,
        };
        if !judged.user_verified || !judged.passkey.passwordless {
            return Err(self.refused(origin).await?);
        }
        let found = self
            .ports
            .store
            .read()
            .users()
            .find(judged.passkey.user_id)
            .await?;
        let user = found.ok_or(AuthError::PasskeyRefused)?;
        self.admit(&user, origin).await?;
        let unit = self.ports.store.begin().await?;
        // Whoever takes up the account or changes its factors comes before or after this.
        unit.users().lock(user.id).await?;
        if !still_opens(&*unit, &judged.passkey).await? {
            drop(unit);
            return Err(self.refused(origin).await?);
        }
        if !self.record_passkey(&*unit, &judged).await? {
            drop(unit);
            self.suspect_copy(&judged, origin).await?;
            return Err(AuthError::PasskeyRefused);
        }
        let methods = AuthMethod::Passkey.into();
        self.sign_in(unit, Proof { user, methods }, origin).await
    }

    async fn refused(&self, origin: &Origin) -> Result<AuthError, AuthError> {
        self.note_from(Counter::Failures, origin).await?;
        self.append(self.event(AuditKind::LoginFailed, None, origin))
            .await?;
        Ok(AuthError::PasskeyRefused)
    }
}

/// As it is now, not as it was when its use was verified.
async fn still_opens(unit: &dyn UnitOfWork, passkey: &Passkey) -> Result<bool, AuthError> {
    let now = unit.passkeys().find(&passkey.credential_id).await?;
    Ok(now.is_some_and(|now| now.id == passkey.id && now.passwordless))
}
