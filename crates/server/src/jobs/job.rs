//! What is to be done, and when.

use std::{error::Error, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use super::plan::{InvalidCron, Plan};
use crate::Context;

/// What a job returns.
pub type JobResult = Result<(), Box<dyn Error + Send + Sync>>;

pub(super) type Run = Arc<dyn Fn(Context) -> Pin<Box<dyn Future<Output = JobResult> + Send>> + Send + Sync>;

/// Work that is done again and again.
///
/// However many processes run, one of them does it each time it is due. One that dies at it is
/// followed by another when `jobs.lease` has run out, so the work must bear being done twice.
/// What was due while no process ran is made good by one run. A run that fails is over; work
/// that must be tried again belongs into the queue.
#[derive(Clone)]
pub struct Job {
    /// What it is called in the database, log lines and figures: at most 64 octets, unlike all
    /// others.
    pub name: &'static str,
    pub(super) plan: Plan,
    pub(super) in_every_process: bool,
    pub(super) run: Run,
}

impl Job {
    /// Each time so much time has gone by, e.g.
    /// `Job::new("purge_notes", Duration::from_secs(3600), |context| async move { … })`.
    pub fn new<F, R>(name: &'static str, every: Duration, run: F) -> Self
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output = JobResult> + Send + 'static,
    {
        Self::planned(name, Plan::every(every), run)
    }

    /// At the times of a cron expression, in UTC, e.g. `30 3 * * 1-5`: minute, hour, day of the
    /// month, month, day of the week.
    ///
    /// # Errors
    /// [`InvalidCron`] if it is none, or never comes.
    pub fn cron<F, R>(name: &'static str, expression: &str, run: F) -> Result<Self, InvalidCron>
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output = JobResult> + Send + 'static,
    {
        Ok(Self::planned(name, Plan::cron(expression)?, run))
    }

    /// Has every process do it for itself, such as reloading what it holds in memory. It begins
    /// within a minute after the start, and rests between two runs.
    #[must_use]
    pub fn in_every_process(mut self) -> Self {
        self.in_every_process = true;
        self
    }

    fn planned<F, R>(name: &'static str, plan: Plan, run: F) -> Self
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output = JobResult> + Send + 'static,
    {
        Self {
            name,
            plan,
            in_every_process: false,
            run: Arc::new(move |context| Box::pin(run(context))),
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .field("plan", &self.plan.to_string())
            .field("in_every_process", &self.in_every_process)
            .finish_non_exhaustive()
    }
}
