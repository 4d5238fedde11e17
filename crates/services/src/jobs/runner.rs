//! Taking jobs, doing them and writing down what came of it.

use std::{collections::BTreeMap, sync::Arc};

use chrono::TimeDelta;
use mainstay_domain::{
    Job, JobClaim, JobFailure, JobKind, JobLease, JobTicket, Timestamp, truncate_to_micros,
};
use mainstay_repositories::Store;

use super::{JobError, JobHandler};
use crate::{
    Failure,
    ports::{Clock, Entropy},
};

/// How jobs are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobSettings {
    /// How long a worker that fell silent keeps a job.
    pub lease: TimeDelta,
    /// How long a failed job waits the first time; twice as long each further time.
    pub retry_delay: TimeDelta,
    /// How long it waits at most.
    pub longest_delay: TimeDelta,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was done.
    Done,
    /// It is to be tried again.
    Again {
        /// Not before this time.
        at: Timestamp,
        /// Why it was not done.
        failure: JobFailure,
    },
    /// It is given up.
    Dead(JobFailure),
    /// It did not begin: somebody else may have it, with as many tries as before.
    GivenBack,
}

/// Jobs could not be taken, or nobody heard which were.
#[derive(Debug, thiserror::Error)]
#[error("{failure}")]
pub struct TakeError {
    /// What those that were taken all the same are under: see [`JobRunner::release_lease`].
    pub lease: JobLease,
    /// Why.
    pub failure: Failure,
}

/// Takes jobs, has them done, and writes down what came of it.
pub struct JobRunner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: JobSettings,
    handlers: BTreeMap<JobKind, Arc<dyn JobHandler>>,
}

impl JobRunner {
    /// A runner without handlers.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: JobSettings,
    ) -> Self {
        Self {
            store,
            clock,
            entropy,
            settings,
            handlers: BTreeMap::new(),
        }
    }

    /// Adds a handler; the last one of a kind counts.
    #[must_use]
    pub fn with(mut self, handler: Arc<dyn JobHandler>) -> Self {
        self.handlers.insert(handler.kind(), handler);
        self
    }

    /// The kinds that there are handlers for.
    pub fn kinds(&self) -> impl Iterator<Item = &JobKind> {
        self.handlers.keys()
    }

    /// Takes up to `limit` due jobs on lease.
    ///
    /// # Errors
    /// [`TakeError`].
    pub async fn take(&self, limit: u32) -> Result<Vec<Job>, TakeError> {
        if self.handlers.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let lease = JobLease {
            id: self.entropy.id(now),
            until: now + self.settings.lease,
        };
        let claim = JobClaim {
            kinds: self.kinds().cloned().collect(),
            now,
            lease,
            limit,
        };
        let taken = self.store.read().jobs().take(&claim).await;
        taken.map_err(|error| TakeError {
            lease,
            failure: error.into(),
        })
    }

    /// To be asked before a job is done: what is to be written down if it must not be. That a job
    /// begins whose worker fell silent is written down first.
    pub async fn refusal(&self, job: &Job) -> Option<Verdict> {
        if job.silences == 0 {
            return None;
        }
        // Whoever had it before died with it, every time: so might we.
        if job.silences > job.max_attempts {
            return Some(Verdict::Dead(JobFailure::new(
                "every try ended without an answer",
            )));
        }
        let ticket = job.ticket()?;
        let begins = self.store.read().jobs().begin_again(&ticket).await;
        (!begins.unwrap_or(false)).then_some(Verdict::GivenBack)
    }

    /// Has a job done, and judges.
    pub async fn execute(&self, job: &Job) -> Verdict {
        let Some(handler) = self.handlers.get(&job.kind) else {
            return self.judge(job, &JobError::Again("nobody does this kind of job".to_owned()));
        };
        match handler.run(job).await {
            Ok(()) => Verdict::Done,
            Err(error) => self.judge(job, &error),
        }
    }

    /// What is to become of a job that failed.
    #[must_use]
    pub fn judge(&self, job: &Job, error: &JobError) -> Verdict {
        let failure = JobFailure::new(&error.to_string());
        match error {
            JobError::Again(_) if !job.is_last_attempt() => Verdict::Again {
                at: truncate_to_micros(self.clock.now() + self.delay(job.attempts)),
                failure,
            },
            JobError::Again(_) | JobError::Dead(_) => Verdict::Dead(failure),
        }
    }

    /// Writes down what came of a try; tells whether the lease still was the job's.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn record(&self, ticket: &JobTicket, verdict: &Verdict) -> Result<bool, Failure> {
        let (jobs, now) = (self.store.read().jobs(), self.clock.now());
        Ok(match verdict {
            Verdict::Done => jobs.finish(ticket, now).await?,
            Verdict::Again { at, failure } => jobs.retry_at(ticket, *at, failure).await?,
            Verdict::Dead(failure) => jobs.bury(ticket, now, failure).await?,
            Verdict::GivenBack => self.release(std::slice::from_ref(ticket)).await? == 1,
        })
    }

    /// Gives back jobs that did not begin, a hundred at most, by one statement; tells how many of
    /// them still were under their leases.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn release(&self, tickets: &[JobTicket]) -> Result<u64, Failure> {
        let jobs = self.store.read().jobs();
        let released = jobs.release(tickets, self.clock.now()).await?;
        self.store.job_bell().ring();
        Ok(released)
    }

    /// Gives back whatever was taken on a lease, and not begun, by a call that failed; tells how
    /// many jobs that were.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn release_lease(&self, lease: &JobLease) -> Result<u64, Failure> {
        let jobs = self.store.read().jobs();
        Ok(jobs.release_lease(lease, self.clock.now()).await?)
    }

    /// Writes down that jobs were done, a hundred at most, by one statement; tells how many of them
    /// still were under their leases.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn record_done(&self, tickets: &[JobTicket]) -> Result<u64, Failure> {
        let (jobs, now) = (self.store.read().jobs(), self.clock.now());
        Ok(jobs.finish_all(tickets, now).await?)
    }

    /// Doubles with every try, and varies by half so that what failed together is not tried
    /// together again.
    fn delay(&self, attempts: i32) -> TimeDelta {
        let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(30);
        let millis = self.settings.retry_delay.num_milliseconds();
        let longest = self.settings.longest_delay.num_milliseconds();
        let delay = millis.saturating_mul(1 << doublings).min(longest);
        let [chance, ..] = self.entropy.secret();
        TimeDelta::milliseconds(delay / 2 + delay / 2 * i64::from(chance) / 255)
    }
}
