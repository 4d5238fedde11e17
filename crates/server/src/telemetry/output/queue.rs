//! Lines on their way from those who log to the one who writes.

use std::{
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Nobody is waited for longer at once, so that a missed call does no harm.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// A buffer that a burst made larger than this is given back afterwards.
const KEPT: usize = 1024 * 1024;

/// When waiting lines are worth taking.
#[derive(Debug, Clone, Copy)]
pub(in crate::telemetry) struct Gather {
    /// From so many lines on.
    pub(in crate::telemetry) lines: usize,
    /// From so many octets on.
    pub(in crate::telemetry) octets: usize,
    /// When the first has waited for so long.
    pub(in crate::telemetry) patience: Duration,
}

/// Lines that were taken.
#[derive(Debug, Default)]
pub(in crate::telemetry) struct Batch {
    /// The lines, each with its end.
    pub(in crate::telemetry) octets: Vec<u8>,
    /// How many they are.
    pub(in crate::telemetry) lines: usize,
}

#[derive(Default)]
struct Waiting {
    batch: Batch,
    since: Option<Instant>,
    sleeper: bool,
    closed: bool,
}

/// A queue that holds at most so many octets. Who adds a line never waits for room.
pub(in crate::telemetry) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    limit: usize,
    gather: Gather,
    dropped: AtomicU64,
}

impl Queue {
    /// A queue for `limit` octets.
    pub(in crate::telemetry) fn new(limit: usize, gather: Gather) -> Self {
        Self {
            waiting: Mutex::default(),
            changed: Condvar::new(),
            limit,
            gather,
            dropped: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line, or counts it as dropped if there is no room.
    pub(in crate::telemetry) fn push(&self, line: &[u8]) {
        let mut waiting = self.lock();
        if waiting.closed || waiting.batch.octets.len() + line.len() > self.limit {
            drop(waiting);
            self.count_dropped(1);
            return;
        }
        waiting.batch.octets.extend_from_slice(line);
        waiting.batch.lines += 1;
        if waiting.sleeper {
            self.wake(waiting);
        }
    }

    /// A sleeper is called once, when there is enough, or when it is time to begin to wait.
    fn wake(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let first = waiting.since.is_none();
        if first {
            waiting.since = Some(Instant::now());
        }
        if first || self.is_enough(&waiting) {
            waiting.sleeper = false;
            drop(waiting);
            self.changed.notify_one();
        }
    }

    fn is_enough(&self, waiting: &Waiting) -> bool {
        waiting.batch.lines >= self.gather.lines || waiting.batch.octets.len() >= self.gather.octets
    }

    /// Waits until there is enough, and changes the empty `batch` for what waits. False if the queue is
    /// closed and empty.
    pub(in crate::telemetry) fn take(&self, batch: &mut Batch) -> bool {
        batch.octets.clear();
        batch.lines = 0;
        if batch.octets.capacity() > KEPT {
            batch.octets = Vec::new();
        }
        let mut waiting = self.lock();
        while !waiting.closed && !self.is_enough(&waiting) {
            let left = self.left(&mut waiting);
            if left.is_zero() {
                break;
            }
            waiting.sleeper = true;
            let woken = self.changed.wait_timeout(waiting, left);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
            waiting.sleeper = false;
        }
        std::mem::swap(&mut waiting.batch, batch);
        waiting.since = None;
        !(waiting.closed && batch.lines == 0)
    }

    /// How long there is still to wait.
    fn left(&self, waiting: &mut Waiting) -> Duration {
        if waiting.batch.lines == 0 {
            return LONGEST_WAIT;
        }
        let since = *waiting.since.get_or_insert_with(Instant::now);
        self.gather.patience.saturating_sub(since.elapsed())
    }

    /// Waits, or less if the queue is closed meanwhile. True if it is.
    pub(in crate::telemetry) fn pause(&self, most: Duration) -> bool {
        let begun = Instant::now();
        let mut waiting = self.lock();
        while !waiting.closed {
            let left = most.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break;
            }
            let woken = self.changed.wait_timeout(waiting, left);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        waiting.closed
    }

    /// Takes no further line; what waits may still be taken.
    pub(in crate::telemetry) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Whether it is at most half full.
    pub(in crate::telemetry) fn has_room(&self) -> bool {
        self.lock().batch.octets.len() <= self.limit / 2
    }

    /// How many lines were lost so far.
    pub(in crate::telemetry) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Counts lines that were lost.
    pub(in crate::telemetry) fn count_dropped(&self, lines: u64) {
        self.dropped.fetch_add(lines, Ordering::Relaxed);
    }
}
