//! Login sessions.

use async_trait::async_trait;
use mainstay_domain::{
    AuthMethods, Page, PageRequest, RevocationReason, Rotation, Session, SessionId, Timestamp, User, UserId,
};

use crate::Result;

/// Login sessions, each a family of refresh tokens.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Adds a session.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if the user is not there.
    async fn insert(&self, session: &Session) -> Result<()>;

    /// The session with this id, ended ones included.
    async fn find(&self, id: SessionId) -> Result<Option<Session>>;

    /// The session and its user with roles, in one statement.
    async fn find_with_user(&self, id: SessionId) -> Result<Option<(Session, User)>>;

    /// Moves a living session to its next generation if `expected_generation` still is the
    /// living one. Of any number of concurrent calls exactly one is told `true`.
    async fn rotate(&self, rotation: &Rotation) -> Result<bool>;

    /// Notes that the user of a living session has proved who they are again. Tells whether
    /// the session lives.
    async fn reauthenticate(&self, id: SessionId, methods: AuthMethods, now: Timestamp) -> Result<bool>;

    /// Ends a session. Tells whether it was not ended before.
    async fn revoke(&self, id: SessionId, reason: RevocationReason, now: Timestamp) -> Result<bool>;

    /// Ends every session of a user but `except`. Returns how many were not ended before.
    async fn revoke_all(
        &self,
        user_id: UserId,
        except: Option<SessionId>,
        reason: RevocationReason,
        now: Timestamp,
    ) -> Result<u64>;

    /// The living sessions of a user, newest login first.
    async fn list_alive(&self, user_id: UserId, now: Timestamp, page: &PageRequest) -> Result<Page<Session>>;

    /// The sessions of a user, ended ones included, newest login first.
    async fn list_all(&self, user_id: UserId, page: &PageRequest) -> Result<Page<Session>>;

    /// Removes up to `limit` sessions that ended or expired before `before`. Returns how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
