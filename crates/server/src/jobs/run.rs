//! One run of a job.

use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use super::job::{Job, JobResult};
use crate::Context;

/// A run under way; it is broken off when this is dropped.
pub(super) struct Running(JoinHandle<JobResult>);

impl Running {
    /// In a task of its own, so that a panic ends one run and not the job.
    pub(super) fn begin(job: &Job, context: Context) -> Self {
        let span = tracing::info_span!("job", name = job.name);
        Self(tokio::spawn((job.run)(context).instrument(span)))
    }

    /// Waits for its end; may be called again if the future was dropped before.
    pub(super) async fn end(&mut self) -> Result<JobResult, JoinError> {
        (&mut self.0).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Logs and counts what came of a run.
pub(super) fn tell(job: &Job, ended: &Result<JobResult, JoinError>) {
    let outcome = match ended {
        Ok(Ok(())) => "ok",
        Ok(Err(error)) => {
            tracing::warn!(job = job.name, error = %error, "a job failed; it runs again when it is due");
            "failed"
        }
        Err(error) => {
            tracing::error!(job = job.name, error = %error, "a job broke off");
            "panicked"
        }
    };
    count(job, outcome);
}

/// Another process does the job by now.
pub(super) fn tell_lost(job: &Job) {
    tracing::warn!(job = job.name, "a job was broken off, since its lease was lost");
    count(job, "lost");
}

fn count(job: &Job, outcome: &'static str) {
    metrics::counter!("mainstay_job_runs_total", "job" => job.name, "outcome" => outcome).increment(1);
}
