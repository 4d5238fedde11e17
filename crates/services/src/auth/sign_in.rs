//! Where every way to sign in ends: with a session, or with a question for a second factor.

use chrono::Duration;
use mainstay_domain::{
    AuditEvent, AuditKind, AuthMethods, OneTimeToken, Origin, SecondFactorKind, TokenPurpose, User,
    truncate_to_micros,
};
use mainstay_repositories::UnitOfWork;

use super::{
    AuthError, AuthService, TokenPair,
    one_time_token::{hash_of, new_token},
};

/// Who proved who they are, and how.
pub(super) struct Proof {
    pub(super) user: User,
    pub(super) methods: AuthMethods,
}

/// What comes of a right first factor.
#[derive(Debug, Clone)]
pub enum SignInOutcome {
    /// A session was opened.
    Session(TokenPair),
    /// The account has second factors, one of which must be proved first.
    SecondFactor(MfaChallenge),
}

impl SignInOutcome {
    /// The tokens, if a session was opened.
    #[must_use]
    pub fn session(self) -> Option<TokenPair> {
        match self {
            Self::Session(pair) => Some(pair),
            Self::SecondFactor(_) => None,
        }
    }
}

/// A login that waits for a second factor.
#[derive(Clone)]
pub struct MfaChallenge {
    /// Stands for the first factor; good for nothing but proving the second one.
    pub token: String,
    /// What the account can prove, in the order to offer it.
    pub methods: Vec<SecondFactorKind>,
    /// Life of the token.
    pub expires_in: Duration,
}

impl std::fmt::Debug for MfaChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MfaChallenge")
            .field("methods", &self.methods)
            .finish_non_exhaustive()
    }
}

impl AuthService {
    /// Refuses whoever may not sign in however well they prove who they are.
    pub(super) async fn admit(&self, user: &User, origin: &Origin) -> Result<(), AuthError> {
        let refused = if !user.is_active() {
            AuthError::AccountDisabled
        } else if self.settings.require_verified_email && !user.email_verified {
            AuthError::EmailNotVerified
        } else {
            return Ok(());
        };
        self.append(self.event(AuditKind::LoginFailed, Some(user.id), origin))
            .await?;
        Err(refused)
    }

    /// Signs in whoever gave `proof` and was admitted, and commits the unit of work, in which
    /// the caller may have used a token up. Every way to sign in ends here, so that none of
    /// them passes a second factor by.
    pub(super) async fn sign_in(
        &self,
        unit: Box<dyn UnitOfWork>,
        proof: Proof,
        origin: &Origin,
    ) -> Result<SignInOutcome, AuthError> {
        if !proof.methods.is_multi_factor() {
            let methods = self.second_factors(&*unit, &proof.user).await?;
            if !methods.is_empty() {
                return self.await_second_factor(unit, &proof, methods, origin).await;
            }
        }
        self.open_session(unit, proof, origin)
            .await
            .map(SignInOutcome::Session)
    }

    /// Opens a session and commits. Only for proofs that need no further factor.
    pub(super) async fn open_session(
        &self,
        unit: Box<dyn UnitOfWork>,
        proof: Proof,
        origin: &Origin,
    ) -> Result<TokenPair, AuthError> {
        let user = &proof.user;
        let (session, token) = self.new_session(user, proof.methods, origin);
        // First, so that whoever switches the account off at this moment comes before or after.
        if !unit.users().record_login(user.id, session.created_at).await? {
            return Err(match unit.users().find(user.id).await? {
                Some(_) => AuthError::AccountDisabled,
                None => AuthError::InvalidCredentials,
            });
        }
        unit.sessions()
            .insert(&session)
            .await
            .map_err(AuthError::before_login)?;
        let event = AuditEvent {
            actor_id: Some(user.id),
            ..self.event(AuditKind::LoginSucceeded, Some(user.id), origin)
        };
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.token_pair(&session, &token)
    }

    async fn await_second_factor(
        &self,
        unit: Box<dyn UnitOfWork>,
        proof: &Proof,
        methods: Vec<SecondFactorKind>,
        origin: &Origin,
    ) -> Result<SignInOutcome, AuthError> {
        let token = new_token(&*self.ports.entropy);
        let now = self.now();
        let expires_in = self.settings.mfa_login_ttl;
        unit.one_time_tokens()
            .insert(&OneTimeToken {
                hash: hash_of(&token),
                purpose: TokenPurpose::MfaLogin,
                user_id: Some(proof.user.id),
                created_at: now,
                expires_at: truncate_to_micros(now + expires_in),
                // What was proved already goes into the session.
                payload: Some(proof.methods.to_string()),
                tries: 0,
            })
            .await
            .map_err(AuthError::before_login)?;
        let event = self.event(AuditKind::SecondFactorAwaited, Some(proof.user.id), origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(SignInOutcome::SecondFactor(MfaChallenge {
            token,
            methods,
            expires_in,
        }))
    }
}
