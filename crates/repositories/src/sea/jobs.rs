//! Work that is done afterwards, on SeaORM.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mainstay_domain::{
    Job, JobBacklog, JobClaim, JobFailure, JobId, JobKind, JobLease, JobPriority, JobQuery, JobStatus,
    JobTicket, NewJob, Page, Position, SortValue, Timestamp,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, UpdateMany,
    prelude::Uuid,
    sea_query::{Expr, Func},
};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::jobs::{ActiveModel, Column, Entity, Model},
    query::{insert_new, paged, purge, total},
    trace::traceparent,
};
use crate::{JobRepository, Result};

/// Most jobs one call takes.
const MOST_TAKEN: u32 = 100;

#[async_trait]
impl<C: SeaConnection> JobRepository for Sea<C> {
    async fn enqueue(&self, job: &NewJob) -> Result<bool> {
        let row = ActiveModel {
            traceparent: Set(traceparent()),
            ..row_of(&Job::queued(job))
        };
        let row = Entity::insert(row);
        let insert = insert_new(self.conn(), row);
        let added = self.write("db.jobs.enqueue", insert).await?;
        if added {
            self.job_added(C::IS_UNIT);
        }
        Ok(added)
    }

    async fn take(&self, claim: &JobClaim) -> Result<Vec<Job>> {
        let due = self.run("db.jobs.find_due", due(self.conn(), claim)).await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        self.write("db.jobs.take", async {
            let taken = taken(&due, claim).exec(self.conn()).await?;
            if taken.rows_affected == 0 {
                return Ok(Vec::new());
            }
            let rows = Entity::find()
                .filter(Column::Id.is_in(due.iter().copied()))
                .filter(Column::Lease.eq(claim.lease.id))
                .all(self.conn())
                .await?;
            let mut jobs = rows.into_iter().map(into_job).collect::<Result<Vec<_>>>()?;
            jobs.sort_by_key(|job| due.iter().position(|id| *id == job.id.uuid()));
            Ok(jobs)
        })
        .await
    }

    async fn begin_again(&self, ticket: &JobTicket) -> Result<bool> {
        let begun = Expr::col(Column::Silences).add(1);
        let update = held(ticket).col_expr(Column::Silences, begun);
        self.update_row("db.jobs.begin_again", update).await
    }

    async fn release(&self, tickets: &[JobTicket], now: Timestamp) -> Result<u64> {
        if tickets.is_empty() {
            return Ok(0);
        }
        let update = released(now).filter(under_leases(tickets));
        self.write("db.jobs.release", async {
            Ok(update.exec(self.conn()).await?.rows_affected)
        })
        .await
    }

    async fn release_lease(&self, lease: &JobLease, now: Timestamp) -> Result<u64> {
        // The index leads with priority and time; nothing finds a lease by itself.
        let update = released(now)
            .filter(Column::Priority.is_in(JobPriority::ALL.map(JobPriority::rank)))
            .filter(Column::DueAt.eq(micros(lease.until)))
            .filter(Column::Lease.eq(lease.id));
        self.write("db.jobs.release_lease", async {
            Ok(update.exec(self.conn()).await?.rows_affected)
        })
        .await
    }

    async fn extend(&self, ticket: &JobTicket, until: Timestamp) -> Result<bool> {
        let update = held(ticket).col_expr(Column::DueAt, Expr::value(micros(until)));
        self.update_row("db.jobs.extend", update).await
    }

    async fn finish(&self, ticket: &JobTicket, now: Timestamp) -> Result<bool> {
        self.update_row("db.jobs.finish", held(ticket).set(done(now)))
            .await
    }

    async fn finish_all(&self, tickets: &[JobTicket], now: Timestamp) -> Result<u64> {
        // A lease is drawn anew for every take: with the ids it is the one of each, or a later one of
        // the same worker, which had done the job by then.
        let update = Entity::update_many()
            .set(done(now))
            .filter(Column::Id.is_in(tickets.iter().map(|ticket| ticket.job.uuid())))
            .filter(Column::Lease.is_in(tickets.iter().map(|ticket| ticket.lease)));
        self.write("db.jobs.finish_all", async {
            Ok(update.exec(self.conn()).await?.rows_affected)
        })
        .await
    }

    async fn retry_at(&self, ticket: &JobTicket, at: Timestamp, failure: &JobFailure) -> Result<bool> {
        let queued = ActiveModel {
            status: Set(JobStatus::Queued.as_str().to_owned()),
            due_at: Set(Some(micros(at))),
            lease: Set(None),
            silences: Set(0),
            failure: Set(Some(failure.as_str().to_owned())),
            ..ActiveModel::default()
        };
        self.update_row("db.jobs.retry_at", held(ticket).set(queued))
            .await
    }

    async fn bury(&self, ticket: &JobTicket, now: Timestamp, failure: &JobFailure) -> Result<bool> {
        let over = ActiveModel {
            failure: Set(Some(failure.as_str().to_owned())),
            ..over(JobStatus::Dead, now)
        };
        self.update_row("db.jobs.bury", held(ticket).set(over)).await
    }

    async fn find(&self, id: JobId) -> Result<Option<Job>> {
        self.run("db.jobs.find", async {
            let row = Entity::find_by_id(id.uuid()).one(self.conn()).await?;
            row.map(into_job).transpose()
        })
        .await
    }

    async fn list(&self, query: &JobQuery) -> Result<Page<Job>> {
        let page = &query.page;
        let condition = Condition::all()
            .add_option(query.status.map(|status| Column::Status.eq(status.as_str())))
            .add_option(query.kind.as_ref().map(|kind| Column::Kind.eq(kind.as_str())));
        let listed = Entity::find().filter(condition);
        self.run("db.jobs.list", async {
            let select = paged(listed.clone(), (Column::CreatedAt, Column::Id), true, page);
            let rows = select.all(self.conn()).await?;
            let jobs = rows.into_iter().map(into_job).collect::<Result<Vec<_>>>()?;
            Ok(Page {
                total: total(self.conn(), page, listed).await?,
                ..Page::from_rows(jobs, page.limit, position)
            })
        })
        .await
    }

    async fn revive(&self, id: JobId, now: Timestamp, more: i32) -> Result<bool> {
        let queued = ActiveModel {
            status: Set(JobStatus::Queued.as_str().to_owned()),
            due_at: Set(Some(micros(now))),
            silences: Set(0),
            finished_at: Set(None),
            ..ActiveModel::default()
        };
        let update = Entity::update_many()
            .set(queued)
            .col_expr(Column::MaxAttempts, Expr::col(Column::Attempts).add(more))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::Status.eq(JobStatus::Dead.as_str()));
        self.update_row("db.jobs.revive", update).await
    }

    async fn remove(&self, id: JobId) -> Result<bool> {
        let idle = [JobStatus::Queued, JobStatus::Dead].map(JobStatus::as_str);
        let delete = Entity::delete_many()
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::Status.is_in(idle));
        self.delete_row("db.jobs.remove", delete).await
    }

    async fn backlog(&self, kind: &JobKind, now: Timestamp) -> Result<JobBacklog> {
        let of_kind = |status: JobStatus| {
            Entity::find()
                .filter(Column::Status.eq(status.as_str()))
                .filter(Column::Kind.eq(kind.as_str()))
        };
        self.run("db.jobs.backlog", async {
            let (due, oldest): (i64, Option<i64>) = of_kind(JobStatus::Queued)
                .filter(Column::DueAt.lte(micros(now)))
                .select_only()
                .expr(Column::Id.count())
                .expr(Func::min(Expr::col(Column::DueAt)))
                .into_tuple()
                .one(self.conn())
                .await?
                .unwrap_or_default();
            let row = Row {
                table: "jobs",
                id: kind,
            };
            Ok(JobBacklog {
                due: row.value(u64::try_from(due))?,
                oldest: row.optional_time(oldest)?,
                dead: of_kind(JobStatus::Dead).count(self.conn()).await?,
            })
        })
        .await
    }

    async fn purge(&self, status: JobStatus, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = Condition::all()
            .add(Column::Status.eq(status.as_str()))
            .add(Column::CreatedAt.lt(micros(before)));
        let work = purge::<Uuid, _, Entity>(self.conn(), Column::Id, stale, limit);
        self.write("db.jobs.purge", work).await
    }
}

/// Which jobs could be taken. One search a priority, for which the index is made, until there
/// are enough: in a long queue a sort by both would read all of it.
async fn due<C: ConnectionTrait>(conn: &C, claim: &JobClaim) -> Result<Vec<Uuid>> {
    let limit = Ord::min(claim.limit, MOST_TAKEN) as usize;
    let mut due = Vec::new();
    for priority in JobPriority::ALL {
        let missing = limit.saturating_sub(due.len());
        if missing == 0 {
            break;
        }
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Priority.eq(priority.rank()))
            .filter(Column::DueAt.lte(micros(claim.now)))
            .filter(Column::Kind.is_in(claim.kinds.iter().map(JobKind::as_str)))
            .order_by_asc(Column::DueAt)
            .order_by_asc(Column::Id)
            .limit(missing as u64)
            .into_tuple()
            .all(conn)
            .await?;
        due.extend(ids);
    }
    Ok(due)
}

/// Takes what is still due: whoever came first has moved `due_at` to the end of a lease.
///
/// What has a lease was left behind: its try goes on. MySQL computes each column from those that
/// were set before it, so that the lease must be set last.
fn taken(due: &[Uuid], claim: &JobClaim) -> UpdateMany<Entity> {
    let running = ActiveModel {
        status: Set(JobStatus::Running.as_str().to_owned()),
        due_at: Set(Some(micros(claim.lease.until))),
        lease: Set(Some(claim.lease.id)),
        ..ActiveModel::default()
    };
    let is_queued = || Expr::col(Column::Lease).is_null();
    let attempts = Expr::case(is_queued(), Expr::col(Column::Attempts).add(1));
    let silences = Expr::case(
        is_queued().or(Expr::col(Column::Silences).gt(0)),
        Expr::col(Column::Silences),
    );
    Entity::update_many()
        .col_expr(
            Column::Attempts,
            attempts.finally(Expr::col(Column::Attempts)).into(),
        )
        .col_expr(Column::Silences, silences.finally(1).into())
        .set(running)
        .filter(Column::Id.is_in(due.iter().copied()))
        .filter(Column::DueAt.lte(micros(claim.now)))
}

/// The job, as long as the lease is this one.
fn held(ticket: &JobTicket) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(ticket.job.uuid()))
        .filter(Column::Lease.eq(ticket.lease))
}

/// Each job under its own lease: one worker may have had a job twice.
fn under_leases(tickets: &[JobTicket]) -> Condition {
    let mut leases: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for ticket in tickets {
        leases.entry(ticket.lease).or_default().push(ticket.job.uuid());
    }
    let under = |(lease, jobs)| {
        Condition::all()
            .add(Column::Lease.eq(lease))
            .add(Column::Id.is_in(jobs))
    };
    leases
        .into_iter()
        .map(under)
        .fold(Condition::any(), Condition::add)
}

/// As it was before it was taken, but due at `now`.
fn released(now: Timestamp) -> UpdateMany<Entity> {
    let queued = ActiveModel {
        status: Set(JobStatus::Queued.as_str().to_owned()),
        due_at: Set(Some(micros(now))),
        lease: Set(None),
        ..ActiveModel::default()
    };
    Entity::update_many()
        .set(queued)
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
}

/// Nothing of what it was about is kept.
fn done(now: Timestamp) -> ActiveModel {
    ActiveModel {
        payload: Set(String::new()),
        failure: Set(None),
        ..over(JobStatus::Done, now)
    }
}

fn over(status: JobStatus, now: Timestamp) -> ActiveModel {
    ActiveModel {
        status: Set(status.as_str().to_owned()),
        due_at: Set(None),
        lease: Set(None),
        finished_at: Set(Some(micros(now))),
        ..ActiveModel::default()
    }
}

fn position(job: &Job) -> Position {
    Position {
        value: SortValue::Micros(micros(job.created_at)),
        id: job.id.uuid(),
    }
}

fn row_of(job: &Job) -> ActiveModel {
    ActiveModel {
        id: Set(job.id.uuid()),
        kind: Set(job.kind.as_str().to_owned()),
        payload: Set(job.payload.clone()),
        job_key: Set(job.key.as_ref().map(|key| key.as_str().to_owned())),
        priority: Set(job.priority.rank()),
        status: Set(job.status.as_str().to_owned()),
        due_at: Set(job.due_at.map(micros)),
        lease: Set(job.lease),
        attempts: Set(job.attempts),
        silences: Set(job.silences),
        max_attempts: Set(job.max_attempts),
        failure: Set(None),
        request_id: Set(job.request_id.clone()),
        traceparent: Set(job.traceparent.clone()),
        created_at: Set(micros(job.created_at)),
        finished_at: Set(None),
    }
}

fn into_job(model: Model) -> Result<Job> {
    let row = Row {
        table: "jobs",
        id: model.id,
    };
    Ok(Job {
        id: JobId(model.id),
        kind: row.value(JobKind::parse(&model.kind))?,
        payload: model.payload,
        key: row.optional(model.job_key, |key| mainstay_domain::JobKey::parse(&key))?,
        priority: row.value(JobPriority::from_rank(model.priority).ok_or(()))?,
        status: row.value(model.status.parse())?,
        due_at: row.optional_time(model.due_at)?,
        lease: model.lease,
        attempts: model.attempts,
        silences: model.silences,
        max_attempts: model.max_attempts,
        failure: model.failure.as_deref().map(JobFailure::new),
        request_id: model.request_id,
        traceparent: model.traceparent,
        created_at: row.time(model.created_at)?,
        finished_at: row.optional_time(model.finished_at)?,
    })
}
