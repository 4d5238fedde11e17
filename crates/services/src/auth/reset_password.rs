//! Choosing a new password with the link of a mail.

use mainstay_domain::{
    AuditKind, Origin, Password, PasswordCredential, PasswordHash, RevocationReason, TokenPurpose, User,
};
use mainstay_repositories::UnitOfWork;

use super::{AuthError, AuthService, change_password::words, link::Link};
use crate::mail::{Mail, MailTemplate};

impl AuthService {
    /// Sets the password of whoever holds the link, ends all their sessions and makes other
    /// mailed links and half-finished logins worthless. It logs nobody in, and leaves second
    /// factors as they are (ASVS 5.0 6.4.3, 7.4.3).
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
        self.count_link(origin).await?;
        let tried = self.try_link(Link::ResetPassword, token).await?;
        self.check_strength(password, words(&tried.user)).await?;
        let hash = self.ports.hasher.hash(password).await?;
        let unit = self.ports.store.begin().await?;
        self.use_link(&*unit, Link::ResetPassword, &tried).await?;
        let user = unit.users().find(tried.user.id).await?;
        // As it is now: hashing took a while.
        let user = user.filter(User::is_active).ok_or(AuthError::LinkInvalid)?;
        if tried.payload.as_deref() != Some(user.email.key()) {
            return Err(AuthError::LinkInvalid);
        }
        self.mark_verified(&*unit, &user).await?;
        self.replace_password(&*unit, &user, hash).await?;
        let event = self.event(AuditKind::PasswordReset, Some(user.id), origin);
        unit.audit_events().append(&event).await?;
        let notice = Mail::to_user(&user, MailTemplate::PASSWORD_CHANGED);
        self.ports.mail.enqueue(&*unit, &notice, None).await?;
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

/// Makes logins that are under way, and links to log in with, worthless.
pub(super) async fn void_logins(unit: &dyn UnitOfWork, user: &User) -> Result<(), AuthError> {
    for purpose in [
        TokenPurpose::MfaLogin,
        TokenPurpose::SignInLink,
        TokenPurpose::SignInCode,
        TokenPurpose::ResetPassword,
    ] {
        unit.one_time_tokens().delete_for_user(user.id, purpose).await?;
    }
    Ok(())
}
