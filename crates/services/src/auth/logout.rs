//! Ending one's own sessions.

use mainstay_domain::{AuditEvent, AuditKind, Origin, Principal, RevocationReason};

use super::{AuthError, AuthService, refresh_token::RefreshToken, sessions::session_of};

impl AuthService {
    /// Ends the caller's session. Ending it twice is no error.
    ///
    /// # Errors
    /// `SessionRequired`, `Failure`.
    #[tracing::instrument(name = "auth.logout", skip_all)]
    pub async fn logout(&self, caller: &Principal, origin: &Origin) -> Result<(), AuthError> {
        let session = session_of(caller)?.id;
        let unit = self.ports.store.begin().await?;
        let ended = unit
            .sessions()
            .revoke(session, RevocationReason::Logout, self.now())
            .await?;
        if ended {
            let event = self.own_event(AuditKind::SessionRevoked, caller, origin);
            unit.audit_events().append(&event).await?;
        }
        unit.commit().await?;
        self.ports.principals.forget_session(session);
        Ok(())
    }

    /// Ends the session that a refresh token belongs to, be it the living one or one that was
    /// used already. A token that was never made here changes nothing, and is no error: whoever
    /// logs out wants to be out.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "auth.logout_by_refresh_token", skip_all)]
    pub async fn logout_by_refresh_token(&self, raw: &str, origin: &Origin) -> Result<(), AuthError> {
        let Some(token) = RefreshToken::decode(raw) else {
            return Ok(());
        };
        let found = self.ports.store.read().sessions().find(token.session_id).await?;
        let Some(session) = found.filter(|session| token.is_genuine(&self.secret(session.id, &session.salt)))
        else {
            return Ok(());
        };
        let unit = self.ports.store.begin().await?;
        let ended = unit
            .sessions()
            .revoke(session.id, RevocationReason::Logout, self.now())
            .await?;
        if ended {
            let event = AuditEvent {
                actor_id: Some(session.user_id),
                ..self.event(AuditKind::SessionRevoked, Some(session.user_id), origin)
            };
            unit.audit_events().append(&event).await?;
        }
        unit.commit().await?;
        self.ports.principals.forget_session(session.id);
        Ok(())
    }

    /// Ends every session of the caller, this one included.
    ///
    /// # Errors
    /// `SessionRequired`, `Failure`.
    #[tracing::instrument(name = "auth.logout_all", skip_all)]
    pub async fn logout_all(&self, caller: &Principal, origin: &Origin) -> Result<(), AuthError> {
        session_of(caller)?;
        let unit = self.ports.store.begin().await?;
        unit.users().lock(caller.user.id).await?;
        unit.sessions()
            .revoke_all(caller.user.id, None, RevocationReason::Logout, self.now())
            .await?;
        let event = self.own_event(AuditKind::SessionsRevoked, caller, origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(caller.user.id);
        Ok(())
    }

    /// An audit event of something the caller did to their own account.
    pub(super) fn own_event(&self, kind: AuditKind, caller: &Principal, origin: &Origin) -> AuditEvent {
        self.event(kind, Some(caller.user.id), origin).by(caller)
    }
}
