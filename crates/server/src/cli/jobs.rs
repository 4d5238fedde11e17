//! `jobs list|retry|remove`.

use anyhow::anyhow;
use mainstay_domain::{Job, JobId, JobQuery, MAX_PAGE_LIMIT, PageRequest};
use mainstay_services::jobs::JobService;
use serde_json::{Value, json};

use super::{
    args::{Jobs, ListJobs},
    out,
};
use crate::ServerBuilder;

pub(super) async fn run(command: Jobs, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    let wired = builder.wire().await?;
    let jobs = &wired.services.jobs;
    let outcome = match command {
        Jobs::List(which) => list(jobs, which).await,
        Jobs::Retry { ids } => retry(jobs, &ids).await,
        Jobs::Remove { ids } => remove(jobs, &ids).await,
    };
    wired.context.sea.close().await?;
    show(&outcome?, json)
}

async fn list(jobs: &JobService, which: ListJobs) -> anyhow::Result<Vec<Job>> {
    let mut query = JobQuery {
        status: (!which.all).then_some(which.status),
        kind: which.kind,
        page: PageRequest {
            limit: which.limit.clamp(1, MAX_PAGE_LIMIT),
            ..PageRequest::default()
        },
    };
    let most = which.limit as usize;
    let mut found = Vec::new();
    while found.len() < most {
        let page = jobs.list(&query).await?;
        found.extend(page.items);
        query.page.after = page.next;
        if query.page.after.is_none() {
            break;
        }
    }
    found.truncate(most);
    Ok(found)
}

async fn retry(jobs: &JobService, ids: &[JobId]) -> anyhow::Result<Vec<Job>> {
    let mut queued = Vec::with_capacity(ids.len());
    for id in ids {
        let job = jobs.retry(*id).await.map_err(|error| anyhow!("{id}: {error}"))?;
        queued.push(job);
    }
    Ok(queued)
}

/// The jobs as they were.
async fn remove(jobs: &JobService, ids: &[JobId]) -> anyhow::Result<Vec<Job>> {
    let mut removed = Vec::with_capacity(ids.len());
    for id in ids {
        let named = |error| anyhow!("{id}: {error}");
        let job = jobs.get(*id).await.map_err(named)?;
        jobs.remove(*id).await.map_err(named)?;
        removed.push(job);
    }
    Ok(removed)
}

fn show(jobs: &[Job], json: bool) -> anyhow::Result<()> {
    if json {
        return out::json(&jobs.iter().map(row).collect::<Vec<_>>());
    }
    if jobs.is_empty() {
        out::line("no such jobs");
    }
    for job in jobs {
        let failure = job.failure.as_ref().map_or("-", |failure| failure.as_str());
        out::line(format!(
            "{} {:<7} {} tried {} of {} times, since {}: {failure}",
            job.id,
            job.status.as_str(),
            job.kind,
            job.attempts,
            job.max_attempts,
            job.created_at.to_rfc3339(),
        ));
    }
    Ok(())
}

/// What the API shows of a job.
fn row(job: &Job) -> Value {
    json!({
        "id": job.id.to_string(),
        "kind": job.kind.to_string(),
        "key": job.key.as_ref().map(|key| key.as_str()),
        "status": job.status.as_str(),
        "priority": job.priority.as_str(),
        "due_at": job.due_at.map(|at| at.to_rfc3339()),
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "failure": job.failure.as_ref().map(|failure| failure.as_str()),
        "request_id": job.request_id,
        "created_at": job.created_at.to_rfc3339(),
        "finished_at": job.finished_at.map(|at| at.to_rfc3339()),
    })
}
