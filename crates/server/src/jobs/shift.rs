//! All jobs of a process.

use std::time::Duration;

use tokio::{sync::watch, task::JoinSet};

use super::{alone::repeat, job::Job, timetable::Timetable};
use crate::Context;

/// Jobs under way.
pub(crate) struct Jobs {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Jobs {
    /// Begins with what every process does for itself, and, if this one `works`, with what is
    /// done once for all of them.
    pub(crate) fn start(jobs: Vec<Job>, context: &Context, works: bool) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let (own, shared): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.in_every_process);
        for job in own {
            let chance = chance(context);
            tasks.spawn(repeat(job, context.clone(), chance, stopped.clone()));
        }
        if works && !shared.is_empty() {
            tasks.spawn(Timetable::new(shared, context.clone()).keep(stopped));
        }
        Self { stop, tasks }
    }

    /// Begins no further run and lets those under way finish, for `patience` at most.
    pub(crate) async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, finished).await.is_err() {
            tracing::warn!("a job did not finish in time and was broken off");
        }
    }
}

/// A number from 0 to 1.
pub(super) fn chance(context: &Context) -> f64 {
    let [first, ..] = context.entropy.secret();
    f64::from(first) / f64::from(u8::MAX)
}
