//! Changing one's password.

use mainstay_domain::{
    AuditKind, Origin, Password, PasswordCredential, PasswordHash, Principal, RevocationReason, User,
};

use super::{AuthError, AuthService, reset_password::void_logins, sessions::session_of};
use crate::{
    mail::{Mail, MailTemplate},
    ports::{HashError, Verification},
};

/// The old and the new password.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// What it is.
    pub current: Password,
    /// What it shall be.
    pub new: Password,
}

impl AuthService {
    /// Changes the caller's password and ends all other sessions (ASVS 5.0 6.2.3, 7.4.3).
    ///
    /// # Errors
    /// `SessionRequired`, `WrongPassword`, `WeakPassword`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.change_password", skip_all)]
    pub async fn change_password(
        &self,
        caller: &Principal,
        change: ChangePassword,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let session = session_of(caller)?;
        let failed = AuditKind::PasswordChangeFailed;
        let old = self
            .prove_current(caller, &change.current, (failed, origin))
            .await?;
        self.check_strength(&change.new, words(&caller.user)).await?;
        let new = self.ports.hasher.hash(&change.new).await?;
        let now = self.now();
        let unit = self.ports.store.begin().await?;
        // Logins with the old password end before this, or find another one after it.
        unit.users().lock(caller.user.id).await?;
        // Compare and swap: of two changes at the same time only one may believe it won.
        if !unit.credentials().upgrade(caller.user.id, &old, &new).await? {
            drop(unit);
            return Err(self.outrun(&caller.user).await?);
        }
        let credential = PasswordCredential {
            user_id: caller.user.id,
            hash: new,
            changed_at: now,
        };
        unit.credentials().put(&credential).await?;
        unit.sessions()
            .revoke_all(
                caller.user.id,
                Some(session.id),
                RevocationReason::PasswordChanged,
                now,
            )
            .await?;
        // Whoever began something with the old password does not finish it.
        void_logins(&*unit, &caller.user).await?;
        let event = self.own_event(AuditKind::PasswordChanged, caller, origin);
        unit.audit_events().append(&event).await?;
        let notice = Mail::to_user(&caller.user, MailTemplate::PASSWORD_CHANGED);
        self.ports.mail.enqueue(&*unit, &notice, None, origin).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(caller.user.id);
        Ok(())
    }

    /// Somebody else changed the password meanwhile, or the account was erased.
    async fn outrun(&self, user: &User) -> Result<AuthError, AuthError> {
        let found = self.ports.store.read().users().find(user.id).await?;
        Ok(found.map_or(AuthError::InvalidAccessToken, |_| AuthError::WrongPassword))
    }

    /// Whoever holds a stolen access token must not be able to guess the password with it.
    pub(super) async fn prove_current(
        &self,
        caller: &Principal,
        current: &Password,
        (failed, origin): (AuditKind, &Origin),
    ) -> Result<PasswordHash, AuthError> {
        let typed = caller.user.email.key();
        let attempt = self.count_attempt(typed, origin).await?;
        let stored = self.ports.store.read().credentials().find(caller.user.id).await?;
        let hash = stored.map(|credential| credential.hash);
        let verification = match self.ports.hasher.verify(current, hash.clone()).await {
            Err(error @ HashError::Overloaded { .. }) => {
                self.forget_attempt(&attempt).await?;
                return Err(error.into());
            }
            other => other?,
        };
        match (hash, verification) {
            (Some(hash), Verification::Match | Verification::MatchOutdated) => {
                self.ports
                    .store
                    .read()
                    .throttles()
                    .clear(&attempt.account_key)
                    .await?;
                Ok(hash)
            }
            _ => {
                self.count_failure(&attempt).await?;
                self.append(self.own_event(failed, caller, origin)).await?;
                Err(AuthError::WrongPassword)
            }
        }
    }
}

/// What a guesser would try first.
pub(super) fn words(user: &User) -> Vec<String> {
    user.search_text().split(' ').map(str::to_owned).collect()
}
