//! The second step of a login.

use mainstay_domain::{AuthMethods, OneTimeToken, Origin, SecondFactorKind, TokenHash, TokenPurpose, User};

use super::{SecondFactorProof, proof::JudgedProof};
use crate::auth::{
    AuthError, AuthService, Counted, TokenPair, one_time_token::hash_of, passkeys::mfa_binding,
    sign_in::Proof,
};

/// Tries with one token, whatever is tried (ASVS 5.0 6.6.3); more than that is no typing error.
const MAX_TRIES: i32 = 10;

impl AuthService {
    /// Opens the session that a first factor began, by proving a second one, and tells what is
    /// left of the guesses if it was one.
    ///
    /// # Errors
    /// `InvalidMfaToken` if the token is unknown, used, expired, for something else, or was
    /// tried too often; `WrongCode`, `Throttled`, `AccountDisabled`, `EmailNotVerified`,
    /// `Failure`.
    #[tracing::instrument(name = "auth.verify_mfa", skip_all)]
    pub async fn verify_mfa(
        &self,
        mfa_token: &str,
        proof: SecondFactorProof,
        origin: &Origin,
    ) -> Counted<TokenPair> {
        let (token, user) = match self.first_step(mfa_token, origin).await {
            Ok(begun) => begun,
            Err(error) => return error.into(),
        };
        let counted = proof.kind() == SecondFactorKind::Totp;
        let outcome = self.second_step((mfa_token, token), &user, proof, origin).await;
        let left = if counted {
            self.code_quota(&user, origin).await
        } else {
            Ok(Vec::new())
        };
        Counted { outcome, left }
    }

    /// Whose login a token continues.
    async fn first_step(&self, mfa_token: &str, origin: &Origin) -> Result<(OneTimeToken, User), AuthError> {
        let token = self.try_mfa_token(mfa_token).await?;
        let user = self.holder_of(&token).await?;
        self.admit(&user, origin).await?;
        Ok((token, user))
    }

    async fn second_step(
        &self,
        (mfa_token, token): (&str, OneTimeToken),
        user: &User,
        proof: SecondFactorProof,
        origin: &Origin,
    ) -> Result<TokenPair, AuthError> {
        let binding = mfa_binding(mfa_token);
        let judged = self.judge(user, (proof, &binding), origin).await?;
        self.finish_login((hash_of(mfa_token), token), user.clone(), &judged, origin)
            .await
    }

    async fn finish_login(
        &self,
        (hash, token): (TokenHash, OneTimeToken),
        user: User,
        judged: &JudgedProof,
        origin: &Origin,
    ) -> Result<TokenPair, AuthError> {
        let unit = self.ports.store.begin().await?;
        // Whoever changes the password waits, and then finds the session.
        unit.users().lock(user.id).await?;
        let purpose = TokenPurpose::MfaLogin;
        let consumed = unit.one_time_tokens().consume(&hash, purpose, self.now()).await?;
        if consumed.is_none() {
            return Err(AuthError::InvalidMfaToken);
        }
        if !self.use_up(&*unit, &user, judged, origin).await? {
            drop(unit);
            return Err(self.used_before(&user, judged, origin).await?);
        }
        let first: AuthMethods = token
            .payload
            .as_deref()
            .unwrap_or_default()
            .parse()
            .unwrap_or_default();
        let methods = first.with(judged.kind.method());
        self.open_session(unit, Proof { user, methods }, origin).await
    }

    /// The token of a first step, with one more try counted.
    pub(in crate::auth) async fn try_mfa_token(&self, mfa_token: &str) -> Result<OneTimeToken, AuthError> {
        let tokens = self.ports.store.read().one_time_tokens();
        let hash = hash_of(mfa_token);
        let tried = tokens
            .attempt(&hash, TokenPurpose::MfaLogin, MAX_TRIES, self.now())
            .await?;
        tried.ok_or(AuthError::InvalidMfaToken)
    }

    /// Whom a token concerns.
    pub(in crate::auth) async fn holder_of(&self, token: &OneTimeToken) -> Result<User, AuthError> {
        let id = token.user_id.ok_or(AuthError::InvalidMfaToken)?;
        let found = self.ports.store.read().users().find(id).await?;
        found.ok_or(AuthError::InvalidMfaToken)
    }
}
