//! One try of a job.

use std::{sync::Arc, time::Duration};

use mainstay_domain::{Job, JobTicket};
use mainstay_services::jobs::{JobError, JobRunner, Verdict};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tracing::{Instrument, Span};

use super::record::{Done, PATIENCE};
use crate::telemetry::continue_trace;

/// Does one job within `limit`, and sees to it that what came of it is written down; tells how
/// long it took.
pub(super) async fn run(
    runner: Arc<JobRunner>,
    job: Job,
    limit: Duration,
    done: mpsc::Sender<Done>,
) -> Duration {
    let Some(ticket) = job.ticket() else {
        return Duration::ZERO;
    };
    let span = tracing::info_span!(
        "queued_job",
        kind = %job.kind,
        id = %job.id,
        attempt = job.attempts,
        request_id = job.request_id,
    );
    continue_trace(&span, job.traceparent.as_deref());
    async {
        let begun = Instant::now();
        let verdict = execute(&runner, &job, limit).await;
        let took = begun.elapsed();
        if verdict == Verdict::Done {
            let span = Span::current();
            // Nobody listens only if the whole process is broken off.
            let _ = done.send(Done { job, ticket, span }).await;
        } else {
            let kept = record(&runner, &ticket, &verdict).await;
            tell(&job, &verdict, kept);
        }
        took
    }
    .instrument(span)
    .await
}

/// In a task of its own, so that a panic ends one try and not the worker.
async fn execute(runner: &Arc<JobRunner>, job: &Job, limit: Duration) -> Verdict {
    let mut task = JoinSet::new();
    let (worker, own) = (Arc::clone(runner), job.clone());
    task.spawn(async move { worker.execute(&own).await }.in_current_span());
    let failure = match timeout(limit, task.join_next()).await {
        Ok(Some(Ok(verdict))) => return verdict,
        Ok(_) => "the job broke off",
        Err(_) => "the job took too long",
    };
    runner.judge(job, &JobError::Again(failure.to_owned()))
}

async fn record(runner: &JobRunner, ticket: &JobTicket, verdict: &Verdict) -> bool {
    let mut pauses = PATIENCE.into_iter();
    loop {
        match runner.record(ticket, verdict).await {
            Ok(kept) => return kept,
            Err(error) => tracing::warn!(%error, "what came of a job cannot be written down yet"),
        }
        let Some(pause) = pauses.next() else { return false };
        sleep(pause).await;
    }
}

/// The reason stands in the job and not in the log: it may name somebody's address.
fn tell(job: &Job, verdict: &Verdict, kept: bool) {
    let outcome = match verdict {
        _ if !kept => "lost",
        Verdict::Done => "done",
        Verdict::Again { .. } => "retried",
        Verdict::Dead(_) => "dead",
    };
    match verdict {
        _ if !kept => tracing::warn!("another worker has the job by now"),
        Verdict::Done => tracing::debug!("a job was done"),
        Verdict::Again { at, .. } => tracing::warn!(%at, "a job failed and will be tried again"),
        Verdict::Dead(_) => tracing::error!("a job was given up"),
    }
    count(job, outcome);
}

pub(super) fn count(job: &Job, outcome: &'static str) {
    let kind = job.kind.to_string();
    metrics::counter!("mainstay_queued_jobs_total", "kind" => kind, "outcome" => outcome).increment(1);
}
