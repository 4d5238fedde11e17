//! Taking every second factor from somebody who has lost them.

use mainstay_domain::{AuditEvent, AuditKind, Email, Origin, Principal, RevocationReason, User, UserId};

use super::{UserService, UsersError};
use crate::{
    audit::event,
    auth::forget_factors,
    mail::{Mail, MailTemplate},
};

impl UserService {
    /// Removes every second factor of a user, ends their sessions and tells them by mail; asks
    /// for the permission `users:write`. Whoever may do this vouches for knowing the person
    /// (NIST SP 800-63B-4 section 4.2).
    ///
    /// # Errors
    /// `NotFound`, `Outranked`, `OwnMfaReset`, `Failure`.
    #[tracing::instrument(name = "users.reset_mfa", skip_all)]
    pub async fn reset_mfa(&self, actor: &Principal, id: UserId, origin: &Origin) -> Result<(), UsersError> {
        if actor.user.id == id {
            return Err(UsersError::OwnMfaReset);
        }
        let user = self.manageable(actor, id, None).await?;
        let event = self.event(AuditKind::MfaReset, actor, id, origin);
        self.take_factors(&user, event).await
    }

    /// The same for whoever has a shell on the server.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "users.reset_mfa_by_address", skip_all)]
    pub async fn reset_mfa_by_address(&self, email: &Email) -> Result<User, UsersError> {
        let found = self.ports.store.read().users().find_by_email(email).await?;
        let user = found.ok_or(UsersError::NotFound)?;
        let now = self.ports.clock.now();
        let event = AuditEvent {
            subject_id: Some(user.id),
            detail: Some("command line".to_owned()),
            ..event(&*self.ports.entropy, now, AuditKind::MfaReset, &Origin::default())
        };
        self.take_factors(&user, event).await?;
        Ok(user)
    }

    async fn take_factors(&self, user: &User, event: AuditEvent) -> Result<(), UsersError> {
        let unit = self.ports.store.begin().await?;
        unit.users().lock(user.id).await?;
        forget_factors(&*unit, user.id).await?;
        unit.sessions()
            .revoke_all(user.id, None, RevocationReason::MfaReset, event.at)
            .await?;
        unit.audit_events().append(&event).await?;
        let mail = Mail::to_user(user, MailTemplate::MFA_RESET_BY_ADMIN);
        self.ports
            .mail
            .enqueue(&*unit, &mail, None, &event.origin)
            .await?;
        unit.commit().await?;
        self.ports.principals.forget_user(user.id);
        Ok(())
    }
}
