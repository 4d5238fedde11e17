//! Waking whoever works on jobs.

use std::sync::Arc;

use tokio::sync::Notify;

/// Rings when jobs were added by this process, at the commit if that was in a unit of work.
/// Clones are the same bell. Jobs that other processes add ring nowhere: look for them too.
#[derive(Debug, Clone, Default)]
pub struct JobBell(Arc<Notify>);

impl JobBell {
    /// Wakes who waits, or who waits next.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits until it rings; at once if it has rung since it was heard last.
    pub async fn heard(&self) {
        self.0.notified().await;
    }
}
