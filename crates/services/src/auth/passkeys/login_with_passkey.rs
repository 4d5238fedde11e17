//! Logging in with a passkey and nothing else.

use mainstay_domain::{AuditKind, AuthMethod, Origin};

use crate::{
    auth::{AuthError, AuthService, SignInOutcome, sign_in::Proof},
    ports::AssertionResponse,
};

impl AuthService {
    /// Opens a session for the owner of a passkey that verified its user: something they have
    /// and something they know or are, so that no further factor is asked for (NIST SP
    /// 800-63B-4 section 3.1.7).
    ///
    /// # Errors
    /// `PasskeyRefused`, also if the authenticator did not verify its user; `AccountDisabled`,
    /// `EmailNotVerified`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.login_with_passkey", skip_all)]
    pub async fn login_with_passkey(
        &self,
        response: &AssertionResponse,
        origin: &Origin,
    ) -> Result<SignInOutcome, AuthError> {
        self.check_address(origin).await?;
        let judged = match self.judge_passkey(response, None).await {
            Err(AuthError::PasskeyRefused) => return Err(self.refused(origin).await?),
            other => other?,
        };
        if !judged.user_verified {
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
        if !self.record_passkey(&*unit, &judged).await? {
            drop(unit);
            self.suspect_copy(&judged, origin).await?;
            return Err(AuthError::PasskeyRefused);
        }
        let methods = AuthMethod::Passkey.into();
        self.sign_in(unit, Proof { user, methods }, origin).await
    }

    async fn refused(&self, origin: &Origin) -> Result<AuthError, AuthError> {
        self.count_address_failure(origin).await?;
        self.append(self.event(AuditKind::LoginFailed, None, origin))
            .await?;
        Ok(AuthError::PasskeyRefused)
    }
}
