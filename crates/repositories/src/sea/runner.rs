//! What every call goes through.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, time::timeout};
use tracing::Instrument;

use super::release::Waiting;
use crate::{JobBell, RepositoryError, Result};

/// A connection pool or a transaction that repositories are implemented on.
#[derive(Debug)]
pub struct Sea<C> {
    conn: C,
    poisoned: AtomicBool,
    jobs_added: AtomicBool,
    limit: Duration,
    /// SQLite has one writer at a time. Writers of this process queue up here, in order,
    /// instead of polling the file's lock until one of them has had bad luck for too long.
    gate: Option<Arc<Semaphore>>,
    bell: JobBell,
}

impl<C> Sea<C> {
    /// Over `conn`; a call that takes longer than `limit` fails as unavailable.
    pub(super) fn new(conn: C, limit: Duration, gate: Option<Arc<Semaphore>>, bell: JobBell) -> Self {
        Self {
            conn,
            poisoned: AtomicBool::new(false),
            jobs_added: AtomicBool::new(false),
            limit,
            gate,
            bell,
        }
    }

    /// The connection or transaction, for queries of a product's own.
    pub fn conn(&self) -> &C {
        &self.conn
    }

    pub(super) fn into_conn(self) -> C {
        self.conn
    }

    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    pub(super) fn gate(&self) -> Option<&Arc<Semaphore>> {
        self.gate.as_ref()
    }

    pub(super) fn bell(&self) -> &JobBell {
        &self.bell
    }

    /// A job was added: rings at once over the pool, where there is nothing to wait for.
    pub(super) fn job_added(&self, in_unit: bool) {
        self.jobs_added.store(true, Ordering::Release);
        if !in_unit {
            self.bell.ring();
        }
    }

    /// The bell to ring after the commit, if jobs were added.
    pub(super) fn bell_for_jobs(&self) -> Option<JobBell> {
        let added = self.jobs_added.load(Ordering::Acquire);
        added.then(|| self.bell.clone())
    }

    /// Whether a call failed or was given up half way.
    pub(super) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Acquire)
    }

    /// Runs one call, named like `db.users.find`. A failure, a timeout, and also a caller
    /// that goes away before the answer comes, poison the unit of work.
    ///
    /// # Errors
    /// What `work` says, or [`RepositoryError::Unavailable`] when it takes too long.
    pub async fn run<T>(&self, op: &'static str, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let span = tracing::debug_span!("db", otel.name = op, op);
        // Let go of last, when it has been said whether its connection is to be doubted.
        let work = pin!(work);
        let guard = PoisonGuard(Some(&self.poisoned));
        let waiting = Waiting::begin();
        let result = timeout(self.limit, work).instrument(span).await;
        if result.is_ok() {
            waiting.end();
        }
        let result = result.unwrap_or_else(|_| {
            let text = format!("{op} took longer than {:?}", self.limit);
            Err(RepositoryError::Unavailable(text))
        });
        match &result {
            Ok(_) => guard.disarm(),
            Err(error) => tracing::debug!(op, %error, "a call to the store failed"),
        }
        result
    }

    /// [`Sea::run`] for calls that change something.
    ///
    /// # Errors
    /// As [`Sea::run`].
    pub async fn write<T>(
        &self,
        op: &'static str,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let Some(gate) = &self.gate else {
            return self.run(op, work).await;
        };
        let permit = timeout(self.limit, gate.acquire()).await;
        let Ok(Ok(_permit)) = permit else {
            let text = format!("{op} waited too long for other writers");
            return Err(RepositoryError::Unavailable(text));
        };
        self.run(op, work).await
    }
}

/// Poisons when dropped, unless disarmed.
struct PoisonGuard<'a>(Option<&'a AtomicBool>);

impl PoisonGuard<'_> {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for PoisonGuard<'_> {
    fn drop(&mut self) {
        if let Some(poisoned) = self.0 {
            poisoned.store(true, Ordering::Release);
        }
    }
}
