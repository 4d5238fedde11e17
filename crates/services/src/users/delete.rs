//! Deleting an account; it is kept for a grace period.

use mainstay_domain::{AuditKind, Origin, Principal, RevocationReason, User, UserId, UserStatus, Version};

use super::{UserService, UsersError, service::refuse_other_version};

impl UserService {
    /// Deletes the caller's own account and ends its sessions.
    ///
    /// # Errors
    /// `SessionRequired`, `LastAdministrator`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "users.delete_me", skip_all)]
    pub async fn delete_me(
        &self,
        caller: &Principal,
        expected: Option<Version>,
        origin: &Origin,
    ) -> Result<(), UsersError> {
        caller.session().ok_or(UsersError::SessionRequired)?;
        let found = self.ports.store.read().users().find(caller.user.id).await?;
        let user = found.ok_or(UsersError::NotFound)?;
        refuse_other_version(&user, expected)?;
        self.mark_deleted(caller, user, origin).await
    }

    /// Deletes somebody's account and ends its sessions; asks for the permission
    /// `users:write`.
    ///
    /// # Errors
    /// `NotFound` also if it is deleted already; `Outranked`, `LastAdministrator`,
    /// `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "users.delete", skip_all)]
    pub async fn delete(
        &self,
        actor: &Principal,
        (id, expected): (UserId, Option<Version>),
        origin: &Origin,
    ) -> Result<(), UsersError> {
        let user = self.manageable(actor, id, expected).await?;
        self.mark_deleted(actor, user, origin).await
    }

    async fn mark_deleted(
        &self,
        actor: &Principal,
        mut user: User,
        origin: &Origin,
    ) -> Result<(), UsersError> {
        let unit = self.begin_demotion(&user, &[]).await?;
        let event = self.event(AuditKind::UserDeleted, actor, user.id, origin);
        user.status = UserStatus::Deleted;
        user.deleted_at = Some(event.at);
        unit.sessions()
            .revoke_all(user.id, None, RevocationReason::AccountClosed, event.at)
            .await?;
        unit.api_keys().delete_all(user.id).await?;
        self.save(unit, user, event).await?;
        Ok(())
    }
}
