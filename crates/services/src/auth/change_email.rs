//! Moving an account to another address.

use mainstay_domain::{AuditKind, Email, Origin, Password, Principal, TokenPurpose, User};

use super::{AuthError, AuthService, link::Link, network::Counter, reset_password::void_logins};
use crate::mail::{AccountMail, Mail, MailTemplate};

impl AuthService {
    /// Asks for a link to be sent to the new address. Whether the address belongs to somebody
    /// is not told; its owner is. The old address is told when the change takes place.
    ///
    /// # Errors
    /// `SessionRequired`, `WrongPassword`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.change_email", skip_all)]
    pub async fn change_email(
        &self,
        caller: &Principal,
        (email, password): (&Email, &Password),
        origin: &Origin,
    ) -> Result<(), AuthError> {
        caller.session().ok_or(AuthError::SessionRequired)?;
        self.prove_current(caller, password, (AuditKind::ReauthenticationFailed, origin))
            .await?;
        self.count_mail(email, origin).await?;
        let mail = AccountMail::ChangeEmail(caller.user.id.uuid(), email.as_str().to_owned());
        let unit = self.ports.store.begin().await?;
        self.ports.mail.ask(&*unit, &mail, origin).await?;
        let event = self.own_event(AuditKind::EmailChangeRequested, caller, origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Moves the account of whoever holds the link to the address the link was sent to, and
    /// tells the old address.
    ///
    /// # Errors
    /// `LinkInvalid`, `EmailTaken` if somebody took the address meanwhile, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.confirm_change_email", skip_all)]
    pub async fn confirm_change_email(&self, token: &str, origin: &Origin) -> Result<(), AuthError> {
        self.count_from(Counter::Links, origin).await?;
        let tried = self.try_link(Link::ChangeEmail, token).await?;
        let email = tried.payload.as_deref().unwrap_or_default();
        let email = Email::parse(email).map_err(|_| AuthError::LinkInvalid)?;
        let unit = self.ports.store.begin().await?;
        self.use_link(&*unit, Link::ChangeEmail, &tried).await?;
        let user = unit.users().find(tried.user.id).await?;
        let user = user.filter(User::is_active).ok_or(AuthError::LinkInvalid)?;
        let moved = User {
            email: email.clone(),
            email_verified: true,
            ..user.clone()
        };
        self.save(&*unit, moved).await?;
        // What was sent to the old address opens nothing any more.
        void_logins(&*unit, &user).await?;
        unit.one_time_tokens()
            .delete_for_user(user.id, TokenPurpose::VerifyEmail)
            .await?;
        let event = self.event(AuditKind::EmailChanged, Some(user.id), origin);
        unit.audit_events().append(&event).await?;
        let notice =
            Mail::to_user(&user, MailTemplate::EMAIL_CHANGED_NOTICE).value("new_email", email.as_str());
        self.ports.mail.enqueue(&*unit, &notice, None, origin).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(user.id);
        Ok(())
    }
}
