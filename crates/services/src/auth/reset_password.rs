//! Choosing a new password with the link of a mail.

use mainstay_domain::{
    AuditKind, Origin, Password, PasswordCredential, PasswordHash, RevocationReason, TokenPurpose, User,
};
use mainstay_repositories::UnitOfWork;

use super::{AuthError, AuthService, change_password::words, link::Link, network::Counter};
use crate::mail::{Mail, MailTemplate};

impl AuthService {
    /// Sets the password of whoever holds the link, ends all their sessions and makes other
    /// mailed links and half-finished logins worthless. It logs nobody in, and leaves second
    /// factors as they are (ASVS 5.0 6.4.3, 7.4.3). If the address was never proved before, whatever
    /// else opened the account opens it no more.
    ///
    /// # Errors
    /// `LinkInvalid`, `WeakPassword` (the link still works), `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.reset_password", skip_all)]
    pub async fn reset_password(
        &self,
        token: &str,
        password: &Password,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        self.count_from(Counter::Links, origin).await?;
        let tried = self.try_link(Link::ResetPassword, token).await?;
        self.check_strength(password, words(&tried.user)).await?;
        let hash = self.ports.hasher.hash(password).await?;
        let unit = self.ports.store.begin().await?;
        // Logins with the old password end before this, or find another one after it.
        self.use_link(&*unit, Link::ResetPassword, &tried).await?;
        let user = unit.users().find(tried.user.id).await?;
        // As it is now: hashing took a while.
        let user = user.filter(User::is_active).ok_or(AuthError::LinkInvalid)?;
        if tried.payload.as_deref() != Some(user.email.key()) {
            return Err(AuthError::LinkInvalid);
        }
        self.claim_by_mail(&*unit, &user, origin).await?;
        self.replace_password(&*unit, &user, hash).await?;
        let event = self.event(AuditKind::PasswordReset, Some(user.id), origin);
        unit.audit_events().append(&event).await?;
        let notice = Mail::to_user(&user, MailTemplate::PASSWORD_CHANGED);
        self.ports.mail.enqueue(&*unit, &notice, None, origin).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(user.id);
        Ok(())
    }

    async fn replace_password(
        &self,
        unit: &dyn UnitOfWork,
        user: &User,
        hash: PasswordHash,
    ) -> Result<(), AuthError> {
        let now = self.now();
        let credential = PasswordCredential {
            user_id: user.id,
            hash,
            changed_at: now,
        };
        unit.credentials().put(&credential).await?;
        unit.sessions()
            .revoke_all(user.id, None, RevocationReason::PasswordReset, now)
            .await?;
        void_logins(unit, user).await
    }
}

/// Makes logins that are under way, links to log in with, and a move to another address, which
/// somebody else may have begun, worthless.
pub(super) async fn void_logins(unit: &dyn UnitOfWork, user: &User) -> Result<(), AuthError> {
    for purpose in [
        TokenPurpose::MfaLogin,
        TokenPurpose::SignInLink,
        TokenPurpose::SignInCode,
        TokenPurpose::ResetPassword,
        TokenPurpose::ChangeEmail,
    ] {
        unit.one_time_tokens().delete_for_user(user.id, purpose).await?;
    }
    Ok(())
}
