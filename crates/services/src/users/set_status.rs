//! Switching an account off and on.

use mainstay_domain::{AuditKind, Origin, Principal, RevocationReason, User, UserId, UserStatus, Version};

use super::{UserService, UsersError};

impl UserService {
    /// Switches an account off and ends its sessions and API keys at once; asks for the permission
    /// `users:write`. Doing it twice is no error.
    ///
    /// # Errors
    /// `NotFound`, `Outranked`, `LastAdministrator`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "users.disable", skip_all)]
    pub async fn disable(
        &self,
        actor: &Principal,
        (id, expected): (UserId, Option<Version>),
        origin: &Origin,
    ) -> Result<User, UsersError> {
        let mut user = self.manageable(actor, id, expected).await?;
        if user.status == UserStatus::Disabled {
            return Ok(user);
        }
        let unit = self.begin_demotion(&user, &[]).await?;
        user.status = UserStatus::Disabled;
        let event = self.event(AuditKind::UserDisabled, actor, id, origin);
        unit.sessions()
            .revoke_all(id, None, RevocationReason::AccountClosed, event.at)
            .await?;
        unit.api_keys().delete_all(id).await?;
        self.save(unit, user, event).await
    }

    /// Switches an account on again, also a deleted one within its grace period; asks for the
    /// permission `users:write`. An account that has no password yet becomes `active` too.
    ///
    /// # Errors
    /// `NotFound`, `Outranked`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "users.enable", skip_all)]
    pub async fn enable(
        &self,
        actor: &Principal,
        (id, expected): (UserId, Option<Version>),
        origin: &Origin,
    ) -> Result<User, UsersError> {
        let found = self.ports.store.read().users().find(id).await?;
        let mut user = found.ok_or(UsersError::NotFound)?;
        self.refuse_unmanageable(actor, &user, expected).await?;
        if user.is_active() {
            return Ok(user);
        }
        user.status = UserStatus::Active;
        user.deleted_at = None;
        let event = self.event(AuditKind::UserEnabled, actor, id, origin);
        let unit = self.ports.store.begin().await?;
        self.save(unit, user, event).await
    }
}
