//! The thread that writes.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Batch, Queue};

/// Pause before what failed is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// Pause after lines were written, in which further ones gather: one call of the system writes them all.
const LINGER: Duration = Duration::from_millis(5);

/// Where lines end up.
pub(in crate::telemetry) trait Sink: Send + 'static {
    /// Writes lines, or tells how many octets were written before it failed. What was not is offered again.
    fn write(&mut self, lines: &[u8]) -> Result<(), Broken>;
}

/// Writing stopped half way.
#[derive(Debug)]
pub(in crate::telemetry) struct Broken {
    /// Octets that need not be written again.
    pub(in crate::telemetry) done: usize,
    /// Why.
    pub(in crate::telemetry) error: io::Error,
}

/// A thread that empties a queue.
pub(in crate::telemetry) struct Worker {
    queue: Arc<Queue>,
    /// In a lock only so that threads may share it.
    ended: Mutex<Receiver<()>>,
}

impl Worker {
    /// Lets a thread do `work` on the queue until it is closed.
    ///
    /// # Errors
    /// If there can be no further thread.
    pub(in crate::telemetry) fn start(
        name: &'static str,
        queue: Arc<Queue>,
        work: impl FnOnce(&Queue) + Send + 'static,
    ) -> io::Result<Self> {
        let (end, ended): (SyncSender<()>, _) = sync_channel(1);
        let of_thread = Arc::clone(&queue);
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            work(&of_thread);
            drop(end);
        })?;
        let ended = Mutex::new(ended);
        Ok(Self { queue, ended })
    }

    /// Lets no further line in.
    pub(in crate::telemetry) fn close(&self) {
        self.queue.close();
    }

    /// Waits until everything is written, until `deadline` at most. The thread of a stalled disk is left
    /// behind.
    pub(in crate::telemetry) fn wait_until(&self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        // Either it ended, which drops the sender, or it took too long.
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(left);
    }
}

/// Writes what comes until the queue is closed.
pub(in crate::telemetry) fn write_to(mut sink: impl Sink, queue: &Queue, output: &'static str) {
    let mut outage = Outage::new(output);
    let mut batch = Batch::default();
    while queue.take(&mut batch) {
        let mut rest = batch.octets.as_slice();
        let mut is_over = false;
        while let Err(broken) = sink.write(rest) {
            rest = rest.get(broken.done..).unwrap_or_default();
            outage.begin(&broken.error);
            // At the end of the process there is no other try.
            is_over = queue.pause(RETRY);
            if is_over {
                break;
            }
        }
        if is_over {
            queue.count_dropped(lines_of(rest));
        } else {
            outage.end(queue);
            queue.pause(LINGER);
        }
    }
}

/// How many lines these are, half of one at the front among them.
fn lines_of(octets: &[u8]) -> u64 {
    octets.iter().filter(|octet| **octet == b'\n').count() as u64
}

/// Tells once that writing does not work, and once that it does again.
struct Outage {
    output: &'static str,
    on: bool,
    told: u64,
}

impl Outage {
    fn new(output: &'static str) -> Self {
        Self {
            output,
            on: false,
            told: 0,
        }
    }

    fn begin(&mut self, error: &io::Error) {
        if !self.on {
            self.on = true;
            tracing::error!(output = self.output, %error, "log lines cannot be written");
        }
    }

    fn end(&mut self, queue: &Queue) {
        self.on = false;
        let dropped = queue.dropped();
        if dropped > self.told && queue.has_room() {
            let lost = dropped - self.told;
            self.told = dropped;
            tracing::error!(output = self.output, lost, "log lines were dropped");
        }
    }
}
