//! Mailing somebody what they need to get in; an administrator never learns or sets a password.

use mainstay_domain::{AuditKind, Origin, Principal, User, UserId, UserStatus};

use super::{UserService, UsersError};
use crate::mail::AccountMail;

impl UserService {
    /// Mails another invitation; earlier ones stop working. Asks for the permission
    /// `users:write`.
    ///
    /// # Errors
    /// `NotFound`, `Outranked`, `NotInvited` if the account was taken up already, `Failure`.
    #[tracing::instrument(name = "users.invite", skip_all)]
    pub async fn invite(&self, actor: &Principal, id: UserId, origin: &Origin) -> Result<(), UsersError> {
        let user = self.manageable(actor, id, None).await?;
        if user.status != UserStatus::Invited {
            return Err(UsersError::NotInvited);
        }
        let mail = AccountMail::Invitation(id.uuid());
        self.mail_to((actor, &user), (AuditKind::InvitationSent, &mail), origin)
            .await
    }

    /// Mails a link to choose a new password. Asks for the permission `users:write`.
    ///
    /// # Errors
    /// `NotFound`, `Outranked`, `NotActive`, `Failure`.
    #[tracing::instrument(name = "users.send_password_reset", skip_all)]
    pub async fn send_password_reset(
        &self,
        actor: &Principal,
        id: UserId,
        origin: &Origin,
    ) -> Result<(), UsersError> {
        let user = self.manageable(actor, id, None).await?;
        if !user.is_active() {
            return Err(UsersError::NotActive);
        }
        let mail = AccountMail::ResetPassword(user.email.as_str().to_owned());
        self.mail_to((actor, &user), (AuditKind::PasswordResetSent, &mail), origin)
            .await
    }

    async fn mail_to(
        &self,
        (actor, user): (&Principal, &User),
        (kind, mail): (AuditKind, &AccountMail),
        origin: &Origin,
    ) -> Result<(), UsersError> {
        let unit = self.ports.store.begin().await?;
        self.ports.mail.ask(&*unit, mail, origin).await?;
        let event = self.event(kind, actor, user.id, origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(())
    }
}
