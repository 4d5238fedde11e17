//! Proving that one reads mail at an address.

use mainstay_domain::{AuditKind, Email, Origin, RoleName, TokenHash, User};
use mainstay_repositories::UnitOfWork;

use super::{AuthError, AuthService, link::Link, network::Counter, one_time_token::hash_of, register::taken};
use crate::{Failure, mail::AccountMail};

impl AuthService {
    /// Uses the link of a mail: an address is proved, or the account that waited for it begins.
    ///
    /// # Errors
    /// `LinkInvalid`, `Throttled`, `EmailTaken` if somebody was faster, `Failure`.
    #[tracing::instrument(name = "auth.verify_email", skip_all)]
    pub async fn verify_email(&self, token: &str, origin: &Origin) -> Result<(), AuthError> {
        self.count_from(Counter::Links, origin).await?;
        match self.verify_account(token, origin).await {
            Err(AuthError::LinkInvalid) => self.confirm_registration(&hash_of(token), origin).await,
            other => other,
        }
    }

    /// Asks for another link. The answer is the same whoever's address it is.
    ///
    /// # Errors
    /// `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.resend_verification", skip_all)]
    pub async fn resend_verification(&self, email: &Email, origin: &Origin) -> Result<(), AuthError> {
        let mail = AccountMail::VerifyEmail(email.as_str().to_owned());
        self.ask_for_mail((email, mail), origin).await
    }

    async fn verify_account(&self, token: &str, origin: &Origin) -> Result<(), AuthError> {
        let tried = self.try_link(Link::VerifyEmail, token).await?;
        let user_id = tried.user.id;
        let unit = self.ports.store.begin().await?;
        self.use_link(&*unit, Link::VerifyEmail, &tried).await?;
        let user = unit.users().find(user_id).await?.ok_or(AuthError::LinkInvalid)?;
        // The link proves the address it was sent to, which may not be the user's any more.
        if tried.payload.as_deref() != Some(user.email.key()) || !user.is_active() {
            return Err(AuthError::LinkInvalid);
        }
        self.mark_verified(&*unit, &user).await?;
        let event = self.event(AuditKind::EmailVerified, Some(user_id), origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(user_id);
        Ok(())
    }

    /// Notes that a user's address is proved.
    pub(super) async fn mark_verified(&self, unit: &dyn UnitOfWork, user: &User) -> Result<(), AuthError> {
        if user.email_verified {
            return Ok(());
        }
        let verified = User {
            email_verified: true,
            ..user.clone()
        };
        self.save(unit, verified).await
    }

    /// Writes a user read in the same unit of work.
    pub(super) async fn save(&self, unit: &dyn UnitOfWork, user: User) -> Result<(), AuthError> {
        let changed = User {
            updated_at: self.now(),
            ..user
        };
        if unit.users().update(&changed).await.map_err(taken)? {
            return Ok(());
        }
        // Somebody else changed the user at this very moment; nothing was kept of either link.
        Err(Failure::Unavailable {
            reason: "the user was changed meanwhile".to_owned(),
            retry_after: std::time::Duration::from_secs(1),
        }
        .into())
    }

    async fn confirm_registration(&self, hash: &TokenHash, origin: &Origin) -> Result<(), AuthError> {
        let unit = self.ports.store.begin().await?;
        let purpose = Link::ConfirmRegistration.purpose();
        let token = unit
            .one_time_tokens()
            .consume(hash, purpose, self.now())
            .await?
            .ok_or(AuthError::LinkInvalid)?;
        let (pending, password_hash) = self.open_pending(token.payload.as_deref())?;
        let mut user = User {
            email_verified: true,
            ..self.user_of(pending, vec![RoleName::user()])
        };
        // Nobody may learn at registration which user names are taken, so a name that was taken
        // meanwhile, or before, is left out; its owner chooses another one.
        if let Some(username) = &user.username
            && unit.users().find_by_username(username).await?.is_some()
        {
            user.username = None;
        }
        self.begin_account(&*unit, &user, password_hash, origin).await?;
        unit.commit().await?;
        Ok(())
    }
}
