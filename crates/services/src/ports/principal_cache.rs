//! Remembering who is who for a moment.

use std::{sync::Arc, time::Instant};

use mainstay_domain::{ApiKeyId, CredentialId, Principal, SessionId, UserId};

/// Proves when a load began, so that nothing stale is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheTicket {
    /// What had been forgotten by then.
    pub epoch: u64,
    /// From when on what is loaded may have changed.
    pub at: Instant,
}

impl CacheTicket {
    /// A ticket of now.
    #[must_use]
    pub fn new(epoch: u64) -> Self {
        let at = Instant::now();
        Self { epoch, at }
    }
}

/// Remembers principals for at most a second, so that a change made on another replica takes
/// effect within that time; changes made here call `forget_*` and take effect at once.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait PrincipalCache: Send + Sync {
    /// The remembered principal behind a session or an API key.
    fn get(&self, credential: CredentialId) -> Option<Arc<Principal>>;

    /// To be taken before a principal is loaded from the store.
    fn ticket(&self) -> CacheTicket;

    /// Remembers a principal, unless anything was forgotten since the ticket was taken.
    fn put(&self, ticket: CacheTicket, principal: Arc<Principal>);

    /// Forgets a session.
    fn forget_session(&self, session: SessionId);

    /// Forgets an API key.
    fn forget_api_key(&self, key: ApiKeyId);

    /// Forgets every session and API key of a user.
    fn forget_user(&self, user: UserId);

    /// Forgets everything; for changes to roles.
    fn forget_all(&self);
}
