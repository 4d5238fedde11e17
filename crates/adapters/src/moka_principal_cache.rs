//! Remembering principals in this process.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use mainstay_domain::{ApiKeyId, CredentialId, Principal, SessionId, UserId};
use mainstay_services::ports::{CacheTicket, PrincipalCache};
use metrics::Counter;
use moka::sync::Cache;

/// How long and how many principals are remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalCacheSettings {
    /// How long a change made on another replica may go unnoticed.
    pub ttl: Duration,
    /// How many sessions and API keys are remembered; the rarely used ones go first.
    pub capacity: u64,
}

impl Default for PrincipalCacheSettings {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(1),
            capacity: 10_000,
        }
    }
}

/// Remembers principals in this process, or nothing at all if disabled.
///
/// Reads touch only moka, without a lock of ours. `put` and `forget_*` share one lock, under
/// which the epoch is compared or moved: a load that began before something was forgotten can
/// therefore never be remembered after it, not even for an instant.
#[derive(Debug)]
pub struct MokaPrincipalCache {
    inner: Option<Inner>,
}

#[derive(Debug)]
struct Inner {
    principals: Cache<CredentialId, Remembered>,
    ttl: Duration,
    /// Goes up with everything forgotten. Written under the lock of `index` only.
    epoch: AtomicU64,
    index: Mutex<CredentialIndex>,
    figures: OnceLock<Figures>,
}

/// How often somebody was remembered, and how often not.
#[derive(Debug)]
struct Figures {
    hits: Counter,
    misses: Counter,
}

impl Figures {
    /// To be made when the first is counted: by then whoever keeps figures is there.
    fn new() -> Self {
        Self {
            hits: metrics::counter!("mainstay_principal_cache_hits_total"),
            misses: metrics::counter!("mainstay_principal_cache_misses_total"),
        }
    }
}

/// A principal, and until when it counts: as of the time when it began to be loaded, not when it came.
#[derive(Debug, Clone)]
struct Remembered {
    principal: Arc<Principal>,
    until: Instant,
}

/// Which credentials of a user may be remembered. Those that moka has let go by itself stay
/// here until the next sweep.
#[derive(Debug)]
struct CredentialIndex {
    by_user: HashMap<UserId, HashSet<CredentialId>>,
    size: usize,
    sweep_at: usize,
    /// Below this a sweep is not worth the while.
    sweep_floor: usize,
}

impl MokaPrincipalCache {
    /// A cache by `settings`.
    #[must_use]
    pub fn new(settings: &PrincipalCacheSettings) -> Self {
        let principals = Cache::builder()
            .max_capacity(settings.capacity)
            .time_to_live(settings.ttl)
            .build();
        let sweep_floor = usize::try_from(settings.capacity)
            .unwrap_or(usize::MAX / 2)
            .saturating_mul(2);
        let index = CredentialIndex {
            by_user: HashMap::new(),
            size: 0,
            sweep_at: sweep_floor,
            sweep_floor,
        };
        Self {
            inner: Some(Inner {
                principals,
                ttl: settings.ttl,
                epoch: AtomicU64::new(0),
                index: Mutex::new(index),
                figures: OnceLock::new(),
            }),
        }
    }

    /// A cache that remembers nothing: every request asks the database.
    #[must_use]
    pub const fn disabled() -> Self {
        Self { inner: None }
    }
}

impl MokaPrincipalCache {
    /// How many sessions and API keys are remembered; none if disabled. Lets go of those whose time is over,
    /// which costs the more the more they are: not for every request.
    #[must_use]
    pub fn entries(&self) -> u64 {
        let Some(inner) = &self.inner else { return 0 };
        inner.principals.run_pending_tasks();
        inner.principals.entry_count()
    }

    fn forget(&self, credential: CredentialId) {
        let Some(inner) = &self.inner else { return };
        // The index keeps the credential until it is swept: it does not know whose it was.
        let _index = inner.lock_and_move_on();
        inner.principals.invalidate(&credential);
    }
}

impl PrincipalCache for MokaPrincipalCache {
    fn get(&self, credential: CredentialId) -> Option<Arc<Principal>> {
        let inner = self.inner.as_ref()?;
        let remembered = inner.principals.get(&credential);
        let remembered = remembered.filter(|remembered| Instant::now() < remembered.until);
        let figures = inner.figures.get_or_init(Figures::new);
        let counter = if remembered.is_some() {
            &figures.hits
        } else {
            &figures.misses
        };
        counter.increment(1);
        remembered.map(|remembered| remembered.principal)
    }

    fn ticket(&self) -> CacheTicket {
        CacheTicket::new(
            self.inner
                .as_ref()
                .map_or(0, |inner| inner.epoch.load(Ordering::Acquire)),
        )
    }

    fn put(&self, ticket: CacheTicket, principal: Arc<Principal>) {
        let Some(inner) = &self.inner else { return };
        let mut index = inner.lock();
        if inner.epoch.load(Ordering::Acquire) != ticket.epoch {
            return;
        }
        let until = ticket.at + inner.ttl;
        if until <= Instant::now() {
            return;
        }
        let credential = principal.credential_id();
        index.add(principal.user.id, credential, &inner.principals);
        let remembered = Remembered { principal, until };
        inner.principals.insert(credential, remembered);
    }

    fn forget_session(&self, session: SessionId) {
        self.forget(session.into());
    }

    fn forget_api_key(&self, key: ApiKeyId) {
        self.forget(key.into());
    }

    fn forget_user(&self, user: UserId) {
        let Some(inner) = &self.inner else { return };
        let mut index = inner.lock_and_move_on();
        for credential in index.take(user) {
            inner.principals.invalidate(&credential);
        }
    }

    fn forget_all(&self) {
        let Some(inner) = &self.inner else { return };
        let mut index = inner.lock_and_move_on();
        // `invalidate_all` goes by time of insertion, which is too coarse to tell a `put` just
        // after from one just before; taking them out one by one is exact.
        for credential in index.take_all() {
            inner.principals.invalidate(&credential);
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, CredentialIndex> {
        // The index is only a hint of what to take out of moka and is whole after any panic.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes every ticket taken so far worthless.
    fn lock_and_move_on(&self) -> MutexGuard<'_, CredentialIndex> {
        let index = self.lock();
        self.epoch.fetch_add(1, Ordering::AcqRel);
        index
    }
}

impl CredentialIndex {
    fn add(&mut self, user: UserId, credential: CredentialId, remembered: &Cache<CredentialId, Remembered>) {
        if self.size >= self.sweep_at {
            self.sweep(remembered);
        }
        if self.by_user.entry(user).or_default().insert(credential) {
            self.size += 1;
        }
    }

    /// Drops what moka no longer has. As the next sweep waits until the size has doubled, its
    /// cost per `put` stays constant.
    fn sweep(&mut self, remembered: &Cache<CredentialId, Remembered>) {
        self.by_user.retain(|_, credentials| {
            credentials.retain(|credential| remembered.contains_key(credential));
            !credentials.is_empty()
        });
        self.size = self.by_user.values().map(HashSet::len).sum();
        self.sweep_at = self.size.saturating_mul(2).max(self.sweep_floor);
    }

    fn take(&mut self, user: UserId) -> HashSet<CredentialId> {
        let credentials = self.by_user.remove(&user).unwrap_or_default();
        self.size -= credentials.len();
        credentials
    }

    fn take_all(&mut self) -> Vec<CredentialId> {
        self.size = 0;
        self.by_user
            .drain()
            .flat_map(|(_, credentials)| credentials)
            .collect()
    }
}

#[cfg(test)]
#[path = "moka_principal_cache_tests.rs"]
mod tests;
