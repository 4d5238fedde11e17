//! Seeing and ending somebody's sessions.

use mainstay_domain::{AuditKind, Origin, Page, PageRequest, Principal, RevocationReason, Session, UserId};

use super::{UserService, UsersError};

impl UserService {
    /// The living sessions of a user; asks for the permission `users:read`.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "users.list_sessions", skip_all)]
    pub async fn list_sessions(&self, id: UserId, page: &PageRequest) -> Result<Page<Session>, UsersError> {
        self.get(id).await?;
        let sessions = self.ports.store.read().sessions();
        Ok(sessions.list_alive(id, self.ports.clock.now(), page).await?)
    }

    /// Ends every session of a user at once; asks for the permission `users:write`.
    ///
    /// # Errors
    /// `NotFound`, `Outranked`, `Failure`.
    #[tracing::instrument(name = "users.revoke_sessions", skip_all)]
    pub async fn revoke_sessions(
        &self,
        actor: &Principal,
        id: UserId,
        origin: &Origin,
    ) -> Result<(), UsersError> {
        self.manageable(actor, id, None).await?;
        let event = self.event(AuditKind::SessionsRevoked, actor, id, origin);
        let unit = self.ports.store.begin().await?;
        unit.users().lock(id).await?;
        unit.sessions()
            .revoke_all(id, None, RevocationReason::RevokedByAdmin, event.at)
            .await?;
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(id);
        Ok(())
    }
}
