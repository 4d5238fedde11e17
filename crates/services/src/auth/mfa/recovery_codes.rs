//! Recovery codes, and what else comes with the first factor.

use mainstay_domain::{
    AuditEvent, AuditKind, AuthMethod, Origin, Principal, RECOVERY_CODES, RecoveryCode, RevocationReason,
    TokenHash, UserId,
};
use mainstay_repositories::UnitOfWork;

use super::Factors;
use crate::{
    auth::{AuthError, AuthService, one_time_token::hash_of, sessions::session_of},
    mail::{Mail, MailTemplate},
};

/// Codes to be shown once.
pub(in crate::auth) type RecoveryCodes = Vec<RecoveryCode>;

impl AuthService {
    /// Makes new recovery codes; the old ones stop working.
    ///
    /// # Errors
    /// `MfaNotEnabled`, `Failure`.
    #[tracing::instrument(name = "auth.regenerate_recovery_codes", skip_all)]
    pub async fn regenerate_recovery_codes(
        &self,
        caller: &Principal,
        origin: &Origin,
    ) -> Result<Vec<RecoveryCode>, AuthError> {
        session_of(caller)?;
        let unit = self.ports.store.begin().await?;
        unit.users().lock(caller.user.id).await?;
        if !Factors::of(&*unit, caller.user.id).await?.is_enabled() {
            return Err(AuthError::MfaNotEnabled);
        }
        let codes = self.new_recovery_codes(&*unit, caller.user.id).await?;
        let event = self.own_event(AuditKind::RecoveryCodesMade, caller, origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(codes)
    }

    /// What happens to an account that has just got a factor, in the same unit of work. The
    /// caller has proved it in this session.
    pub(in crate::auth) async fn welcome_factor(
        &self,
        unit: &dyn UnitOfWork,
        (caller, method): (&Principal, AuthMethod),
        before: &Factors,
        origin: &Origin,
    ) -> Result<Option<RecoveryCodes>, AuthError> {
        let now = self.now();
        let (user, session) = (&caller.user, session_of(caller)?);
        let methods = session.methods.with(method);
        unit.sessions().reauthenticate(session.id, methods, now).await?;
        let event = AuditEvent {
            detail: Some(method.to_string()),
            ..self.own_event(AuditKind::FactorAdded, caller, origin)
        };
        unit.audit_events().append(&event).await?;
        let mail = Mail::to_user(user, MailTemplate::MFA_ENABLED).value("method", method);
        self.ports.mail.enqueue(unit, &mail, None, origin).await?;
        if before.is_enabled() {
            return Ok(None);
        }
        unit.sessions()
            .revoke_all(user.id, Some(session.id), RevocationReason::FactorAdded, now)
            .await?;
        self.new_recovery_codes(unit, user.id).await.map(Some)
    }

    async fn new_recovery_codes(
        &self,
        unit: &dyn UnitOfWork,
        user: UserId,
    ) -> Result<RecoveryCodes, AuthError> {
        let random = || {
            let mut octets = [0; 15];
            octets.copy_from_slice(&self.ports.entropy.secret()[..15]);
            RecoveryCode::from_random(octets)
        };
        let codes: RecoveryCodes = (0..RECOVERY_CODES).map(|_| random()).collect();
        let hashes: Vec<TokenHash> = codes.iter().map(|code| hash_of_code(user, code)).collect();
        unit.recovery_codes().replace(user, &hashes).await?;
        Ok(codes)
    }
}

/// What is kept of a code. 120 random bits need no slow hash; the user's id keeps one hash
/// from being looked for in the codes of everybody.
pub(super) fn hash_of_code(user: UserId, code: &RecoveryCode) -> TokenHash {
    hash_of(&format!("recovery code\n{user}\n{}", code.canonical()))
}
