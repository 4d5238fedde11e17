//! Taking up an account that an administrator made.

use mainstay_domain::{AuditKind, Origin, Password, PasswordCredential, User, UserStatus};

use super::{AuthError, AuthService, change_password::words, link::Link, network::Counter};

impl AuthService {
    /// Sets the first password of whoever holds the invitation; the account becomes active and
    /// its address counts as verified.
    ///
    /// # Errors
    /// `LinkInvalid`, `WeakPassword` (the link still works), `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.accept_invitation", skip_all)]
    pub async fn accept_invitation(
        &self,
        token: &str,
        password: &Password,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        self.count_from(Counter::Links, origin).await?;
        let tried = self.try_link(Link::Invitation, token).await?;
        self.check_strength(password, words(&tried.user)).await?;
        let hash = self.ports.hasher.hash(password).await?;
        let unit = self.ports.store.begin().await?;
        self.use_link(&*unit, Link::Invitation, &tried).await?;
        let user = unit.users().find(tried.user.id).await?;
        let invited = |user: &User| {
            user.status == UserStatus::Invited && tried.payload.as_deref() == Some(user.email.key())
        };
        let user = user.filter(invited).ok_or(AuthError::LinkInvalid)?;
        let credential = PasswordCredential {
            user_id: user.id,
            hash,
            changed_at: self.now(),
        };
        unit.credentials().put(&credential).await?;
        let event = self.event(AuditKind::InvitationAccepted, Some(user.id), origin);
        let active = User {
            status: UserStatus::Active,
            email_verified: true,
            ..user
        };
        self.save(&*unit, active).await?;
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(tried.user.id);
        Ok(())
    }
}
