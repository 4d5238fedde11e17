//! Looking after the queue.

use std::sync::Arc;

use mainstay_domain::{Job, JobId, JobQuery, Page};
use mainstay_repositories::{RepositoryError, Store};

use crate::{Failure, ports::Clock};

/// How often a job that an operator has tried again is tried.
const MORE_ATTEMPTS: i32 = 5;

/// What came of looking after the queue.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// There is no such job.
    #[error("there is no such job")]
    NotFound,
    /// The job is not in a state in which that can be done to it.
    #[error("the job is not in a state in which that can be done to it")]
    WrongState,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for JobsError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}

/// Shows jobs to operators, has dead ones tried again, and removes what nobody wants.
pub struct JobService {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl JobService {
    /// A service over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "jobs.list", skip_all)]
    pub async fn list(&self, query: &JobQuery) -> Result<Page<Job>, JobsError> {
        Ok(self.store.read().jobs().list(query).await?)
    }

    /// One job.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "jobs.get", skip_all)]
    pub async fn get(&self, id: JobId) -> Result<Job, JobsError> {
        self.store
            .read()
            .jobs()
            .find(id)
            .await?
            .ok_or(JobsError::NotFound)
    }

    /// Has a dead job tried again, from now on.
    ///
    /// # Errors
    /// `NotFound`, `WrongState` if it is not dead, `Failure`.
    #[tracing::instrument(name = "jobs.retry", skip_all)]
    pub async fn retry(&self, id: JobId) -> Result<Job, JobsError> {
        let jobs = self.store.read().jobs();
        let revived = jobs.revive(id, self.clock.now(), MORE_ATTEMPTS).await?;
        let job = self.get(id).await?;
        if !revived {
            return Err(JobsError::WrongState);
        }
        self.store.job_bell().ring();
        Ok(job)
    }

    /// Removes a job that is queued or dead.
    ///
    /// # Errors
    /// `NotFound`, `WrongState` if it runs or is done, `Failure`.
    #[tracing::instrument(name = "jobs.remove", skip_all)]
    pub async fn remove(&self, id: JobId) -> Result<(), JobsError> {
        if self.store.read().jobs().remove(id).await? {
            return Ok(());
        }
        self.get(id).await?;
        Err(JobsError::WrongState)
    }
}
