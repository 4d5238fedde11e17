//! Work that is done afterwards.

use async_trait::async_trait;
use mainstay_domain::{
    Job, JobBacklog, JobClaim, JobFailure, JobId, JobKind, JobLease, JobQuery, JobStatus, JobTicket, NewJob,
    Page, Timestamp,
};

use crate::Result;

/// A queue of jobs. In a unit of work a job is written down together with what it belongs to:
/// nobody sees it before the commit, and a rollback takes it along.
///
/// A taken job is on lease. Ending it asks for the [`JobTicket`] of that lease, so that a
/// worker that was thought dead and whose job went to another one is told `false`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait JobRepository: Send + Sync {
    /// Writes a job down, in one statement. `false` if its key is known already, whatever has
    /// become of that job.
    async fn enqueue(&self, job: &NewJob) -> Result<bool>;

    /// Takes due jobs, the highest priority first, then the longest due. Each goes to exactly
    /// one of any number of concurrent calls, also if its last lease has run out. The attempts of
    /// one that was queued count up; one whose worker fell silent comes with [`Job::silences`], and
    /// is begun only after [`JobRepository::begin_again`]. A call that failed may have taken some:
    /// [`JobRepository::release_lease`] gives them back.
    async fn take(&self, claim: &JobClaim) -> Result<Vec<Job>>;

    /// A job whose last worker fell silent is about to begin: counts [`Job::silences`] up. Tells
    /// whether the lease still was this one.
    async fn begin_again(&self, ticket: &JobTicket) -> Result<bool>;

    /// Gives back jobs that were taken and not begun, by one statement, at most a hundred: they are
    /// queued and due at `now`, with attempts as before they were taken. Tells how many of them still
    /// were under one of these leases; the others are left alone.
    async fn release(&self, tickets: &[JobTicket], now: Timestamp) -> Result<u64>;

    /// As [`JobRepository::release`] for all jobs that a lease was taken on and that were not
    /// extended since, whoever may know of them.
    async fn release_lease(&self, lease: &JobLease, now: Timestamp) -> Result<u64>;

    /// Makes the lease of a job last until `until`; tells whether it still was this one.
    async fn extend(&self, ticket: &JobTicket, until: Timestamp) -> Result<bool>;

    /// The job was done: wipes its payload. Tells whether the lease still was this one.
    async fn finish(&self, ticket: &JobTicket, now: Timestamp) -> Result<bool>;

    /// As [`JobRepository::finish`] for many jobs by one statement, at most a hundred; tells how
    /// many of them were still under one of these leases.
    async fn finish_all(&self, tickets: &[JobTicket], now: Timestamp) -> Result<u64>;

    /// The job failed and is to be tried again at `at`. Tells whether the lease still was this
    /// one. Silences are forgotten: it answered.
    async fn retry_at(&self, ticket: &JobTicket, at: Timestamp, failure: &JobFailure) -> Result<bool>;

    /// The job failed for good. Tells whether the lease still was this one.
    async fn bury(&self, ticket: &JobTicket, now: Timestamp, failure: &JobFailure) -> Result<bool>;

    /// The job with this id.
    async fn find(&self, id: JobId) -> Result<Option<Job>>;

    /// Jobs, newest first.
    async fn list(&self, query: &JobQuery) -> Result<Page<Job>>;

    /// Has a dead job tried again, `more` times at most, from `now`. `false` if it is not dead.
    async fn revive(&self, id: JobId, now: Timestamp, more: i32) -> Result<bool>;

    /// Removes a job that is queued or dead; `false` if it is not. Its key may be used again.
    async fn remove(&self, id: JobId) -> Result<bool>;

    /// How much work of one kind waits.
    async fn backlog(&self, kind: &JobKind, now: Timestamp) -> Result<JobBacklog>;

    /// Removes up to `limit` jobs in a status that were made before `before`. Returns how many.
    async fn purge(&self, status: JobStatus, before: Timestamp, limit: u32) -> Result<u64>;
}
