//! Writing down that jobs were done: while one statement is under way, others gather for the next.

use std::{sync::Arc, time::Duration};

use mainstay_domain::{Job, JobTicket};
use mainstay_services::{Failure, jobs::JobRunner};
use tokio::{sync::mpsc, time::sleep};
use tracing::Span;

/// Pauses between tries to write down what came of a job. A mail was sent by then: better wait
/// for the database than send it twice.
const PATIENCE: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
];
/// Most jobs of one statement, and of those that wait for it.
pub(super) const MOST: usize = 100;

/// A job that was done.
pub(super) struct Done {
    pub(super) job: Job,
    pub(super) ticket: JobTicket,
    /// Of its run, so that log lines belong to it.
    pub(super) span: Span,
}

/// Until nobody can do a job any more, and all are written down.
pub(super) async fn record_done(runner: Arc<JobRunner>, mut done: mpsc::Receiver<Done>) {
    let mut batch = Vec::with_capacity(MOST);
    while done.recv_many(&mut batch, MOST).await > 0 {
        let tickets: Vec<_> = batch.iter().map(|done| done.ticket).collect();
        let kept = patiently(|| runner.record_done(&tickets)).await.unwrap_or(0);
        let kept = usize::try_from(kept).unwrap_or(usize::MAX);
        for (number, done) in batch.drain(..).enumerate() {
            // Which of them were lost nobody knows, and nobody needs to.
            done.span.in_scope(|| tell(&done.job, number < kept));
        }
    }
}

/// Gives back jobs that did not begin. What cannot be given back falls due when its lease has run
/// out, with as many tries as before.
pub(super) async fn give_back(runner: Arc<JobRunner>, tickets: Vec<JobTicket>) {
    for tickets in tickets.chunks(MOST) {
        if let Some(jobs) = patiently(|| runner.release(tickets)).await {
            tracing::debug!(jobs, "jobs were given back, which would have waited for long");
        }
    }
}

/// Asks again until the database answers; none if it does not in time.
pub(super) async fn patiently<T, F>(ask: impl Fn() -> F) -> Option<T>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut pauses = PATIENCE.into_iter();
    loop {
        match ask().await {
            Ok(answer) => return Some(answer),
            Err(error) => tracing::warn!(%error, "what came of jobs cannot be written down yet"),
        }
        sleep(pauses.next()?).await;
    }
}

fn tell(job: &Job, kept: bool) {
    if kept {
        tracing::debug!("a job was done");
    } else {
        tracing::warn!("another worker has the job by now");
    }
    super::run::count(job, if kept { "done" } else { "lost" });
}
