//! The first time that somebody proves to own the address of an account.
//!
//! Until then nobody knows whether whoever made the account is who the address belongs to. It may
//! have been made by somebody who waits for the owner to come and use it ("pre-hijacking").

use mainstay_domain::{AuditEvent, AuditKind, Origin, RevocationReason, TokenPurpose, User};
use mainstay_repositories::UnitOfWork;

use super::{AuthError, AuthService};

impl AuthService {
    /// Gives an account whose address was never proved to whoever has just proved it by a mail:
    /// what opened it before opens it no more. What asks for more stays, for no mail passes a second
    /// factor by: authenticator apps, recovery codes, and passkeys, which from now on open nothing
    /// by themselves. Does nothing if the address was proved before.
    pub(super) async fn claim_by_mail(
        &self,
        unit: &dyn UnitOfWork,
        user: &User,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        if user.email_verified {
            return Ok(());
        }
        self.void_openers(unit, user).await?;
        unit.credentials().delete(user.id).await?;
        unit.passkeys().end_passwordless(user.id).await?;
        self.mark_verified(unit, user).await?;
        let event = AuditEvent {
            detail: Some("mail".to_owned()),
            actor_id: Some(user.id),
            ..self.event(AuditKind::AccountClaimed, Some(user.id), origin)
        };
        unit.audit_events().append(&event).await?;
        Ok(())
    }

    /// Makes sessions, API keys, identities, and what was mailed or begun worthless.
    pub(super) async fn void_openers(&self, unit: &dyn UnitOfWork, user: &User) -> Result<(), AuthError> {
        unit.api_keys().delete_all(user.id).await?;
        unit.identities().delete_all(user.id).await?;
        unit.sessions()
            .revoke_all(user.id, None, RevocationReason::AccountClaimed, self.now())
            .await?;
        for purpose in TokenPurpose::ALL {
            unit.one_time_tokens().delete_for_user(user.id, *purpose).await?;
        }
        Ok(())
    }
}
