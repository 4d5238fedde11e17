//! Jobs that every process does for itself.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use super::{
    job::Job,
    run::{Running, tell},
};
use crate::Context;

/// Does a job until it is told to stop.
pub(super) async fn repeat(job: Job, context: Context, chance: f64, mut stopped: watch::Receiver<bool>) {
    let now = context.clock.now();
    let mut rest = (job.plan.first(now, chance) - now)
        .to_std()
        .unwrap_or(Duration::ZERO);
    loop {
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = sleep(rest) => {}
        }
        tell(&job, &Running::begin(&job, context.clone()).end().await);
        rest = job.plan.rest(context.clock.now());
    }
}
