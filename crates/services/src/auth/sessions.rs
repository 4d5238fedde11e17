//! Seeing and ending one's own sessions.

use mainstay_domain::{
    AuditEvent, AuditKind, Origin, Page, PageRequest, Principal, RevocationReason, Session, SessionId,
};

use super::{AuthError, AuthService};

impl AuthService {
    /// The caller's living sessions, newest login first.
    ///
    /// # Errors
    /// `SessionRequired`, `Failure`.
    #[tracing::instrument(name = "auth.list_sessions", skip_all)]
    pub async fn list_sessions(
        &self,
        caller: &Principal,
        page: &PageRequest,
    ) -> Result<Page<Session>, AuthError> {
        session_of(caller)?;
        let sessions = self.ports.store.read().sessions();
        Ok(sessions.list_alive(caller.user.id, self.now(), page).await?)
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// `SessionRequired`; `SessionNotFound` also if it is somebody else's; `Failure`.
    #[tracing::instrument(name = "auth.revoke_session", skip_all)]
    pub async fn revoke_session(
        &self,
        caller: &Principal,
        id: SessionId,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        session_of(caller)?;
        let found = self.ports.store.read().sessions().find(id).await?;
        let own = found.filter(|session| session.user_id == caller.user.id && session.is_alive(self.now()));
        if own.is_none() {
            return Err(AuthError::SessionNotFound);
        }
        let unit = self.ports.store.begin().await?;
        unit.sessions()
            .revoke(id, RevocationReason::RevokedByOwner, self.now())
            .await?;
        let event = AuditEvent {
            detail: Some(id.to_string()),
            ..self.own_event(AuditKind::SessionRevoked, caller, origin)
        };
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_session(id);
        Ok(())
    }
}

/// The session of a caller who logged in. Every use case that changes what an account is
/// protected by asks for one, whoever calls it: no API key gets past this.
pub(super) fn session_of(caller: &Principal) -> Result<&Session, AuthError> {
    caller.session().ok_or(AuthError::SessionRequired)
}
