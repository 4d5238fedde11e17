//! What is to be done, and when.

use std::{collections::BTreeSet, error::Error, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use mainstay_domain::{NewSchedule, Timestamp};

use super::plan::{InvalidCron, Plan};
use crate::Context;

/// Most octets of a name and of a plan, as columns of the table `schedules`.
const LONGEST_NAME: usize = 64;
const LONGEST_PLAN: usize = 190;

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

    /// What the database is told: that it is due at a time, by its plan.
    pub(super) fn due_at(&self, due_at: Timestamp) -> NewSchedule {
        NewSchedule {
            name: self.name.to_owned(),
            plan: self.plan.to_string(),
            due_at,
        }
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

/// Jobs that cannot be told apart, or not be written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidJobs {
    #[error("the name of a job has 1 to {longest} octets, unlike {0:?}", longest = LONGEST_NAME)]
    Name(&'static str),
    #[error("two jobs are called {0:?}")]
    Twice(&'static str),
    #[error("the plan of the job {0:?} has more than {longest} octets", longest = LONGEST_PLAN)]
    Plan(&'static str),
}

/// That each job can be known by its name, here and in the database.
pub(crate) fn check(jobs: &[Job]) -> Result<(), InvalidJobs> {
    let mut names = BTreeSet::new();
    for job in jobs {
        if !(1..=LONGEST_NAME).contains(&job.name.len()) {
            return Err(InvalidJobs::Name(job.name));
        }
        if !names.insert(job.name) {
            return Err(InvalidJobs::Twice(job.name));
        }
        if job.plan.to_string().len() > LONGEST_PLAN {
            return Err(InvalidJobs::Plan(job.name));
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn job(name: &'static str) -> Job {
        Job::new(name, Duration::from_secs(1), |_| async { Ok(()) })
    }

    #[test]
    fn jobs_that_no_database_could_keep_apart_are_refused() {
        let long: &'static str = "long".repeat(16).leak();
        let longer: &'static str = "j".repeat(65).leak();
        assert_eq!(check(&[job("a"), job(long)]), Ok(()));
        assert_eq!(check(&[job(longer)]), Err(InvalidJobs::Name(longer)));
        assert_eq!(check(&[job("")]), Err(InvalidJobs::Name("")));
        let twice = [job("a"), job("b"), job("a").in_every_process()];
        assert_eq!(check(&twice), Err(InvalidJobs::Twice("a")));
        let often = (0..60)
            .map(|minute| minute.to_string())
            .collect::<Vec<_>>()
            .join(",");
        let expression = format!("{often},{often} * * * *");
        if let Ok(job) = Job::cron("often", &expression, |_| async { Ok(()) }) {
            assert_eq!(check(&[job]), Err(InvalidJobs::Plan("often")));
        }
    }
}
