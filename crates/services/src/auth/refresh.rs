//! Exchanging a refresh token for its successor (RFC 9700 section 4.14.2).

use mainstay_domain::{AuditKind, Origin, RevocationReason, Rotation, Session, truncate_to_micros};

use super::{AuthError, AuthService, TokenPair, issue::same, refresh_token::RefreshToken};

impl AuthService {
    /// Exchanges the living refresh token of a session for the next one.
    ///
    /// Of any number of concurrent calls with one token one rotates; the others, and whoever
    /// repeats it within the replay window, get the same successor. A used token that comes
    /// back later ends the session: either its owner or a thief holds a copy.
    ///
    /// # Errors
    /// `InvalidRefreshToken`, `Failure`.
    #[tracing::instrument(name = "auth.refresh", skip_all)]
    pub async fn refresh(&self, raw: &str, origin: &Origin) -> Result<TokenPair, AuthError> {
        let token = RefreshToken::decode(raw).ok_or(AuthError::InvalidRefreshToken)?;
        let sessions = self.ports.store.read().sessions();
        let found = sessions.find_with_user(token.session_id).await?;
        let (session, user) = found.ok_or(AuthError::InvalidRefreshToken)?;
        if !session.is_alive(self.now()) || !user.is_active() {
            return Err(AuthError::InvalidRefreshToken);
        }
        if same(&token.hash(), &session.token_hash) {
            if let Some(pair) = self.rotate(&session, origin).await? {
                return Ok(pair);
            }
            // Somebody else rotated between the two statements: now this token is a used one.
            let now_stored = sessions.find(token.session_id).await?;
            let session = now_stored.ok_or(AuthError::InvalidRefreshToken)?;
            return self.replay(&token, &session, origin).await;
        }
        self.replay(&token, &session, origin).await
    }

    async fn rotate(&self, session: &Session, origin: &Origin) -> Result<Option<TokenPair>, AuthError> {
        let now = self.now();
        let next = RefreshToken::derive(&self.secret(session.id, &session.salt), session.generation + 1);
        let idle_end = truncate_to_micros(now + self.settings.refresh_idle_ttl);
        let rotation = Rotation {
            session_id: session.id,
            expected_generation: session.generation,
            token_hash: next.hash(),
            origin: origin.clone(),
            now,
            idle_expires_at: idle_end.min(session.absolute_expires_at),
        };
        if !self.ports.store.read().sessions().rotate(&rotation).await? {
            return Ok(None);
        }
        let rotated = Session {
            idle_expires_at: rotation.idle_expires_at,
            ..session.clone()
        };
        self.token_pair(&rotated, &next).map(Some)
    }

    /// Answers a token that is not the living one.
    async fn replay(
        &self,
        token: &RefreshToken,
        session: &Session,
        origin: &Origin,
    ) -> Result<TokenPair, AuthError> {
        let now = self.now();
        let secret = self.secret(session.id, &session.salt);
        let used = token.generation < session.generation && token.is_genuine(&secret);
        if !used || !session.is_alive(now) {
            return Err(AuthError::InvalidRefreshToken);
        }
        let living = RefreshToken::derive(&secret, session.generation);
        let just_used = token.generation == session.generation - 1
            && now - session.last_used_at <= self.settings.replay_window
            && same(&living.hash(), &session.token_hash);
        if just_used {
            return self.token_pair(session, &living);
        }
        self.end_family(session, origin).await?;
        Err(AuthError::InvalidRefreshToken)
    }

    async fn end_family(&self, session: &Session, origin: &Origin) -> Result<(), AuthError> {
        let unit = self.ports.store.begin().await?;
        let ended = unit
            .sessions()
            .revoke(session.id, RevocationReason::TokenReuse, self.now())
            .await?;
        if ended {
            let event = self.event(AuditKind::RefreshReused, Some(session.user_id), origin);
            unit.audit_events().append(&event).await?;
        }
        unit.commit().await?;
        self.ports.principals.forget_session(session.id);
        Ok(())
    }
}
