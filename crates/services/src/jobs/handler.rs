//! What a kind of job is done by.

use async_trait::async_trait;
use mainstay_domain::{Job, JobKind};

/// Why a job was not done. The texts are for operators, never secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Trying again later may help.
    #[error("{0}")]
    Again(String),
    /// It will never work.
    #[error("{0}")]
    Dead(String),
}

/// Does jobs of one kind. A product adds its own kinds by implementing this.
///
/// A job is done at least once: a process that dies between the work and writing it down leaves
/// the job to another. Work must bear that, by a key of its own or by being the same twice.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// Which kind.
    fn kind(&self) -> JobKind;

    /// Does one job, in less time than its lease.
    ///
    /// # Errors
    /// [`JobError`].
    async fn run(&self, job: &Job) -> Result<(), JobError>;
}
