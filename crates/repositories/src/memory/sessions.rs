//! Login sessions in memory.

use async_trait::async_trait;
use mainstay_domain::{
    AuthMethods, Page, PageRequest, Position, RevocationReason, Rotation, Session, SessionId, SortValue,
    Timestamp, User, UserId,
};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{State, insert_new, purge},
};
use crate::{Result, SessionRepository, constraint};

#[async_trait]
impl<A: Access> SessionRepository for Memory<A> {
    async fn insert(&self, session: &Session) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(session.user_id)?;
                insert_new(&mut state.sessions, session.id, session, constraint::OTHER)
            })
            .await
    }

    async fn find(&self, id: SessionId) -> Result<Option<Session>> {
        Ok(self.0.read(|state| state.sessions.get(&id).cloned()))
    }

    async fn find_with_user(&self, id: SessionId) -> Result<Option<(Session, User)>> {
        Ok(self.0.read(|state| {
            let session = state.sessions.get(&id)?;
            let user = state.users.get(&session.user_id)?;
            Some((session.clone(), user.clone()))
        }))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<bool> {
        self.0.write(|state| Ok(rotate(state, rotation))).await
    }

    async fn reauthenticate(&self, id: SessionId, methods: AuthMethods, now: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state
                    .sessions
                    .get_mut(&id)
                    .filter(|session| session.is_alive(now));
                Ok(stored.is_some_and(|session| {
                    (session.authenticated_at, session.methods) = (now, methods);
                    true
                }))
            })
            .await
    }

    async fn revoke(&self, id: SessionId, reason: RevocationReason, now: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.sessions.get_mut(&id);
                Ok(stored.is_some_and(|session| end(session, reason, now)))
            })
            .await
    }

    async fn revoke_all(
        &self,
        user_id: UserId,
        except: Option<SessionId>,
        reason: RevocationReason,
        now: Timestamp,
    ) -> Result<u64> {
        self.0
            .write(|state| {
                let meant = |session: &&mut Session| session.user_id == user_id && except != Some(session.id);
                let ended = state.sessions.values_mut().filter(meant);
                Ok(ended
                    .filter_map(|session| end(session, reason, now).then_some(()))
                    .count() as u64)
            })
            .await
    }

    async fn list_alive(&self, user_id: UserId, now: Timestamp, page: &PageRequest) -> Result<Page<Session>> {
        let listed = |session: &&Session| session.user_id == user_id && session.is_alive(now);
        Ok(self.0.read(|state| {
            let rows = state.sessions.values().filter(listed).collect();
            page_of(rows, page, true, position)
        }))
    }

    async fn list_all(&self, user_id: UserId, page: &PageRequest) -> Result<Page<Session>> {
        Ok(self.0.read(|state| {
            let rows = state
                .sessions
                .values()
                .filter(|session| session.user_id == user_id);
            page_of(rows.collect(), page, true, position)
        }))
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = |session: &Session| {
            let revoked_at = session.revoked.map(|(at, _)| at);
            session.idle_expires_at < before
                || session.absolute_expires_at < before
                || revoked_at.is_some_and(|at| at < before)
        };
        self.0
            .write(|state| Ok(purge(&mut state.sessions, limit, stale)))
            .await
    }
}

fn rotate(state: &mut State, rotation: &Rotation) -> bool {
    let stored = state
        .sessions
        .get_mut(&rotation.session_id)
        .filter(|stored| stored.is_alive(rotation.now) && stored.generation == rotation.expected_generation);
    let Some(session) = stored else {
        return false;
    };
    session.generation += 1;
    session.token_hash = rotation.token_hash;
    session.origin = rotation.origin.clone();
    session.last_used_at = rotation.now;
    session.idle_expires_at = rotation.idle_expires_at;
    true
}

/// Ends a session; tells whether it was not ended before.
fn end(session: &mut Session, reason: RevocationReason, now: Timestamp) -> bool {
    let alive = session.revoked.is_none();
    session.revoked.get_or_insert((now, reason));
    alive
}

fn position(session: &Session) -> Position {
    Position {
        value: SortValue::Micros(session.created_at.timestamp_micros()),
        id: session.id.uuid(),
    }
}
