//! The bounded queue in front of the hashing threads.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::job::Job;

/// What a thread that asked for work gets.
pub(super) enum Popped {
    /// Something to do.
    Job(Box<dyn Job>),
    /// Nothing came for a while.
    Idle,
    /// Nothing will ever come again.
    Closed,
}

/// First in, first out; refuses what it has no room for.
pub(super) struct Queue {
    capacity: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Box<dyn Job>>,
    closed: bool,
    /// Mean duration of the latest jobs.
    pace: Duration,
}

/// The queue has no room; what is known of when there will be.
pub(super) struct Full {
    /// Jobs waiting.
    pub waiting: usize,
    /// Mean duration of the latest jobs.
    pub pace: Duration,
}

impl Queue {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Adds a job. Jobs whose callers have gone make room first.
    pub fn push(&self, job: Box<dyn Job>) -> Result<(), Full> {
        let mut state = self.lock();
        if state.jobs.len() >= self.capacity {
            state.jobs.retain(|job| !job.is_abandoned());
        }
        if state.jobs.len() >= self.capacity || state.closed {
            return Err(Full {
                waiting: state.jobs.len(),
                pace: state.pace,
            });
        }
        state.jobs.push_back(job);
        report_length(&state);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the oldest job that somebody still waits for, waiting for it up to `patience`.
    pub fn pop(&self, patience: Duration) -> Popped {
        let mut state = self.lock();
        loop {
            while let Some(job) = state.jobs.pop_front() {
                if !job.is_abandoned() {
                    report_length(&state);
                    return Popped::Job(job);
                }
            }
            report_length(&state);
            if state.closed {
                return Popped::Closed;
            }
            let (woken, timeout) = self
                .changed
                .wait_timeout(state, patience)
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if timeout.timed_out() && state.jobs.is_empty() && !state.closed {
                return Popped::Idle;
            }
        }
    }

    /// Notes how long a job took.
    pub fn record(&self, took: Duration) {
        let mut state = self.lock();
        state.pace = if state.pace.is_zero() {
            took
        } else {
            (state.pace * 7 + took) / 8
        };
    }

    /// Lets the threads go once they have served those who wait.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic happens under this lock, so what a panic left is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[allow(clippy::cast_precision_loss, reason = "a queue has fewer than 2^52 places")]
fn report_length(state: &State) {
    metrics::gauge!("mainstay_hash_queue_length").set(state.jobs.len() as f64);
}
