//! Doing queued jobs while the server runs.

use std::{sync::Arc, time::Duration};

use mainstay_domain::{Job, JobTicket};
use mainstay_repositories::JobBell;
use mainstay_services::jobs::{JobError, JobRunner, Verdict};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use tracing::Instrument;

use crate::config::JobsConfig;

/// Pauses between tries to write down what came of a job. A mail was sent by then: better wait
/// for the database than send it twice.
const PATIENCE: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
];

/// Takes queued jobs and does them, some at once.
pub(crate) struct Worker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Worker {
    pub(crate) fn start(runner: JobRunner, bell: JobBell, config: JobsConfig) -> Self {
        let (stop, stopped) = watch::channel(false);
        let shift = Shift {
            runner: Arc::new(runner),
            bell,
            config,
        };
        let task = tokio::spawn(shift.work(stopped));
        Self { stop, task }
    }

    /// Takes no further job and lets those under way finish, for `patience` at most. Jobs that
    /// are broken off are taken again when their lease has run out.
    pub(crate) async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        if timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
            tracing::warn!("a queued job did not finish in time and was broken off");
        }
    }
}

struct Shift {
    runner: Arc<JobRunner>,
    bell: JobBell,
    config: JobsConfig,
}

impl Shift {
    async fn work(self, mut stopped: watch::Receiver<bool>) {
        let mut under_way = JoinSet::new();
        let most = self.config.concurrency as usize;
        loop {
            for job in self.take(most.saturating_sub(under_way.len())).await {
                let run = run(Arc::clone(&self.runner), job, self.config.lease.mul_f64(0.8));
                under_way.spawn(run);
            }
            let full = under_way.len() >= most;
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
                () = self.bell.heard(), if !full => {}
                () = sleep(self.config.poll_interval), if !full => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    async fn take(&self, room: usize) -> Vec<Job> {
        let taken = self.runner.take(u32::try_from(room).unwrap_or(u32::MAX)).await;
        taken.unwrap_or_else(|error| {
            tracing::warn!(%error, "no jobs could be taken");
            Vec::new()
        })
    }
}

/// Does one job and writes down what came of it.
async fn run(runner: Arc<JobRunner>, job: Job, limit: Duration) {
    let Some(ticket) = job.ticket() else { return };
    let span = tracing::info_span!(
        "queued_job",
        kind = %job.kind,
        id = %job.id,
        attempt = job.attempts,
        request_id = job.request_id,
    );
    async {
        let verdict = execute(&runner, &job, limit).await;
        let kept = record(&runner, &ticket, &verdict).await;
        tell(&job, &verdict, kept);
    }
    .instrument(span)
    .await;
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
    for pause in PATIENCE {
        match runner.record(ticket, verdict).await {
            Ok(kept) => return kept,
            Err(error) => tracing::warn!(%error, "what came of a job cannot be written down yet"),
        }
        sleep(pause).await;
    }
    false
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
    let kind = job.kind.to_string();
    metrics::counter!("mainstay_queued_jobs_total", "kind" => kind, "outcome" => outcome).increment(1);
}
