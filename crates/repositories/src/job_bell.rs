//! Waking whoever works on jobs.

use std::sync::Arc;

use tokio::sync::Notify;

/// Rings when jobs were added by this process, at the commit if that was in a unit of work.
/// Clones are the same bell. Jobs that other processes add ring only where somebody tells of them
/// ([`JobBell::ring_here`]): look for them too.
#[derive(Debug, Clone, Default)]
pub struct JobBell(Arc<Ears>);

#[derive(Debug, Default)]
struct Ears {
    here: Notify,
    elsewhere: Notify,
}

impl JobBell {
    /// Wakes who waits, or who waits next, here and elsewhere.
    pub fn ring(&self) {
        self.0.here.notify_one();
        self.0.elsewhere.notify_one();
    }

    /// Wakes who waits here: another process has added jobs.
    pub fn ring_here(&self) {
        self.0.here.notify_one();
    }

    /// Waits until it rings; at once if it has rung since it was heard last.
    pub async fn heard(&self) {
        self.0.here.notified().await;
    }

    /// Likewise, for whoever tells other processes. What they told is not heard here.
    pub async fn to_be_told(&self) {
        self.0.elsewhere.notified().await;
    }
}
