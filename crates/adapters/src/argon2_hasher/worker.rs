//! A hashing thread.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use super::{
    Kernel,
    queue::{Popped, Queue},
};

/// After this long without work a thread gives its memory back.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much nicer than the rest of the process a hashing thread is, on the scale of `nice(2)`.
#[cfg(target_os = "linux")]
const NICER: i32 = 10;

/// Serves the queue until it closes.
pub(super) fn work(queue: &Queue, mut kernel: Kernel) {
    step_back();
    loop {
        match queue.pop(PATIENCE) {
            Popped::Job(job) => {
                let start = Instant::now();
                // A defect in one hash must not take the pool down with it. Its caller learns
                // of it by the answer that never comes.
                if catch_unwind(AssertUnwindSafe(|| job.run(&mut kernel))).is_err() {
                    tracing::error!("a hashing thread panicked and goes on with fresh memory");
                    kernel = kernel.sibling();
                }
                queue.record(start.elapsed());
            }
            Popped::Idle => kernel.release_memory(),
            Popped::Closed => return,
        }
    }
}

/// Lets everybody else go first: whoever logs in waits for milliseconds of computation anyway,
/// whoever reads should not wait for that. On Linux `nice` is a matter of the thread; elsewhere
/// it would slow the whole process down.
#[cfg(target_os = "linux")]
fn step_back() {
    if let Err(error) = rustix::process::nice(NICER) {
        tracing::debug!(%error, "a hashing thread keeps the priority of the process");
    }
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}
