//! Work that is done afterwards, in memory.

use async_trait::async_trait;
use mainstay_domain::{
    Job, JobBacklog, JobClaim, JobFailure, JobId, JobKind, JobLease, JobQuery, JobStatus, JobTicket, NewJob,
    Page, Position, SortValue, Timestamp,
};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{State, purge},
};
use crate::{JobRepository, Result};

#[async_trait]
impl<A: Access> JobRepository for Memory<A> {
    async fn enqueue(&self, job: &NewJob) -> Result<bool> {
        let added = self
            .0
            .write(|state| {
                let same_key = |known: &Job| job.key.is_some() && known.key == job.key;
                if state.jobs.contains_key(&job.id) || state.jobs.values().any(same_key) {
                    return Ok(false);
                }
                state.jobs.insert(job.id, Job::queued(job));
                Ok(true)
            })
            .await?;
        if added {
            self.0.job_added();
        }
        Ok(added)
    }

    async fn take(&self, claim: &JobClaim) -> Result<Vec<Job>> {
        self.0.write(|state| Ok(take(state, claim))).await
    }

    async fn begin_again(&self, ticket: &JobTicket) -> Result<bool> {
        self.change_held(ticket, |job| job.silences += 1).await
    }

    async fn release(&self, tickets: &[JobTicket], now: Timestamp) -> Result<u64> {
        let mut released = 0;
        for ticket in tickets {
            let held = self.change_held(ticket, |job| release(job, now));
            released += u64::from(held.await?);
        }
        Ok(released)
    }

    async fn release_lease(&self, lease: &JobLease, now: Timestamp) -> Result<u64> {
        self.0
            .write(|state| {
                let held = |job: &&mut Job| job.lease == Some(lease.id) && job.due_at == Some(lease.until);
                let mut released = 0;
                for job in state.jobs.values_mut().filter(held) {
                    release(job, now);
                    released += 1;
                }
                Ok(released)
            })
            .await
    }

    async fn extend(&self, ticket: &JobTicket, until: Timestamp) -> Result<bool> {
        self.change_held(ticket, |job| job.due_at = Some(until)).await
    }

    async fn finish(&self, ticket: &JobTicket, now: Timestamp) -> Result<bool> {
        self.change_held(ticket, |job| {
            job.payload.clear();
            job.failure = None;
            end(job, JobStatus::Done, now);
        })
        .await
    }

    async fn finish_all(&self, tickets: &[JobTicket], now: Timestamp) -> Result<u64> {
        let mut finished = 0;
        for ticket in tickets {
            finished += u64::from(self.finish(ticket, now).await?);
        }
        Ok(finished)
    }

    async fn retry_at(&self, ticket: &JobTicket, at: Timestamp, failure: &JobFailure) -> Result<bool> {
        self.change_held(ticket, |job| {
            job.status = JobStatus::Queued;
            job.due_at = Some(at);
            job.lease = None;
            job.silences = 0;
            job.failure = Some(failure.clone());
        })
        .await
    }

    async fn bury(&self, ticket: &JobTicket, now: Timestamp, failure: &JobFailure) -> Result<bool> {
        self.change_held(ticket, |job| {
            job.failure = Some(failure.clone());
            end(job, JobStatus::Dead, now);
        })
        .await
    }

    async fn find(&self, id: JobId) -> Result<Option<Job>> {
        Ok(self.0.read(|state| state.jobs.get(&id).cloned()))
    }

    async fn list(&self, query: &JobQuery) -> Result<Page<Job>> {
        Ok(self.0.read(|state| {
            let rows = state.jobs.values().filter(|job| meets(job, query)).collect();
            page_of(rows, &query.page, true, position)
        }))
    }

    async fn revive(&self, id: JobId, now: Timestamp, more: i32) -> Result<bool> {
        self.0
            .write(|state| {
                let job = state.jobs.get_mut(&id);
                let Some(job) = job.filter(|job| job.status == JobStatus::Dead) else {
                    return Ok(false);
                };
                job.status = JobStatus::Queued;
                job.due_at = Some(now);
                job.finished_at = None;
                job.silences = 0;
                job.max_attempts = job.attempts + more;
                Ok(true)
            })
            .await
    }

    async fn remove(&self, id: JobId) -> Result<bool> {
        self.0
            .write(|state| {
                let idle = |job: &Job| matches!(job.status, JobStatus::Queued | JobStatus::Dead);
                let found = state.jobs.get(&id).is_some_and(idle);
                Ok(found && state.jobs.remove(&id).is_some())
            })
            .await
    }

    async fn backlog(&self, kind: &JobKind, now: Timestamp) -> Result<JobBacklog> {
        Ok(self.0.read(|state| {
            let of_kind = |status| {
                let jobs = state.jobs.values();
                jobs.filter(move |job| job.kind == *kind && job.status == status)
            };
            let due = || of_kind(JobStatus::Queued).filter(|job| is_due(job, now));
            JobBacklog {
                due: due().count() as u64,
                oldest: due().filter_map(|job| job.due_at).min(),
                dead: of_kind(JobStatus::Dead).count() as u64,
            }
        }))
    }

    async fn purge(&self, status: JobStatus, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = |job: &Job| job.status == status && job.created_at < before;
        self.0
            .write(|state| Ok(purge(&mut state.jobs, limit, stale)))
            .await
    }
}

impl<A: Access> Memory<A> {
    /// Changes a job as long as the lease is this one.
    async fn change_held(&self, ticket: &JobTicket, change: impl FnOnce(&mut Job) + Send) -> Result<bool> {
        self.0
            .write(|state| {
                let job = state.jobs.get_mut(&ticket.job);
                let held = job.filter(|job| job.lease == Some(ticket.lease));
                Ok(held.map(change).is_some())
            })
            .await
    }
}

fn take(state: &mut State, claim: &JobClaim) -> Vec<Job> {
    let wanted = |job: &&mut Job| claim.kinds.contains(&job.kind) && is_due(job, claim.now);
    let mut due: Vec<&mut Job> = state.jobs.values_mut().filter(wanted).collect();
    due.sort_by_key(|job| (job.priority, job.due_at, job.id));
    let taken = due.into_iter().take(claim.limit as usize);
    taken
        .map(|job| {
            if job.lease.is_none() {
                job.attempts += 1;
            } else {
                job.silences = job.silences.max(1);
            }
            job.status = JobStatus::Running;
            job.due_at = Some(claim.lease.until);
            job.lease = Some(claim.lease.id);
            job.clone()
        })
        .collect()
}

fn release(job: &mut Job, now: Timestamp) {
    job.status = JobStatus::Queued;
    job.due_at = Some(now);
    job.lease = None;
    job.attempts -= 1;
}

fn is_due(job: &Job, now: Timestamp) -> bool {
    job.due_at.is_some_and(|due| due <= now)
}

fn end(job: &mut Job, status: JobStatus, now: Timestamp) {
    job.status = status;
    job.due_at = None;
    job.lease = None;
    job.finished_at = Some(now);
}

fn meets(job: &Job, query: &JobQuery) -> bool {
    query.status.is_none_or(|status| job.status == status)
        && query.kind.as_ref().is_none_or(|kind| job.kind == *kind)
}

fn position(job: &Job) -> Position {
    Position {
        value: SortValue::Micros(job.created_at.timestamp_micros()),
        id: job.id.uuid(),
    }
}
