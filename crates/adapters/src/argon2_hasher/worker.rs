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

/// Serves the queue until it closes.
pub(super) fn work(queue: &Queue, mut kernel: Kernel) {
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
