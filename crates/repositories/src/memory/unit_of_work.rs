//! Units of work in memory.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;

use super::{
    access::{Access, Memory, Shared},
    state::State,
};
use crate::{RepositoryError, Result, UnitOfWork};

/// A copy of the state that becomes the committed one, or is dropped.
pub(super) struct Transaction {
    shared: Arc<Shared>,
    state: Mutex<State>,
    failed: AtomicBool,
    jobs_added: AtomicBool,
    /// Nobody else writes while this lives.
    _turn: OwnedMutexGuard<()>,
}

impl Transaction {
    /// Waits for its turn, then copies the committed state.
    pub(super) async fn begin(shared: &Arc<Shared>) -> Self {
        let turn = Arc::clone(&shared.turn).lock_owned().await;
        let state = shared
            .committed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Self {
            shared: Arc::clone(shared),
            state: Mutex::new(state),
            failed: AtomicBool::new(false),
            jobs_added: AtomicBool::new(false),
            _turn: turn,
        }
    }
}

impl Access for Transaction {
    fn read<T>(&self, query: impl FnOnce(&State) -> T) -> T {
        query(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn write<T: Send>(&self, change: impl FnOnce(&mut State) -> Result<T> + Send) -> Result<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state).inspect_err(|_| self.failed.store(true, Ordering::Relaxed))
    }

    fn job_added(&self) {
        self.jobs_added.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl UnitOfWork for Memory<Transaction> {
    async fn commit(self: Box<Self>) -> Result<()> {
        let Transaction {
            shared,
            state,
            failed,
            jobs_added,
            _turn,
        } = self.0;
        if failed.into_inner() {
            return Err(RepositoryError::Backend(
                "a call in this unit of work failed, so nothing of it is kept".to_owned(),
            ));
        }
        let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        *shared.committed.write().unwrap_or_else(PoisonError::into_inner) = state;
        if jobs_added.into_inner() {
            shared.bell.ring();
        }
        Ok(())
    }
}
