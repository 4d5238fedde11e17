//! A product for `.ci/job-kills`: jobs whose effect is a line in a ledger, once a job.
//!
//! `POST /api/v1/effects/{count}` writes so many jobs down and answers with their keys;
//! `GET /api/v1/effects` lists the ledger, which is the audit log.

use std::{io::Write as _, sync::Arc, time::Duration};

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use async_trait::async_trait;
use mainstay_server::{
    Context, ServerBuilder,
    api::error::ApiError,
    cli::main_with,
    domain::{
        AuditEvent, AuditKind, AuditQuery, IdempotencyRecord, Job, JobId, JobKey, JobKind, JobPriority,
        MAX_PAGE_LIMIT, NewJob, Origin, PageRequest, TokenHash,
    },
    repositories::RepositoryError,
    services::{
        Failure, audit,
        jobs::{JobError, JobHandler},
    },
};

const EFFECT: JobKind = JobKind::new("ledger.effect");
const WRITTEN: AuditKind = AuditKind::product("ledger.written");
/// Before and after the effect, so that kills fall there, too.
const PAUSE: Duration = Duration::from_millis(10);

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    main_with(with_ledger).await
}

fn with_ledger(server: ServerBuilder) -> ServerBuilder {
    server
        .audit_kinds([WRITTEN])
        .job_handlers(|context| vec![Arc::new(WriteLedger(context.clone()))])
        .routes(|routes, context| {
            routes.app_data(Data::new(context.clone()));
            routes.service(order).service(list);
        })
}

/// Write jobs down
#[utoipa::path(tag = "ledger", operation_id = "order_effects", responses((status = 202, description = "Their keys.")))]
#[post("/api/v1/effects/{count}")]
async fn order(context: Data<Context>, count: Path<u32>) -> Result<HttpResponse, ApiError> {
    let mut keys = Vec::new();
    let unit = context.store.begin().await.map_err(Failure::from)?;
    for _ in 0..*count {
        let now = context.clock.now();
        let id = JobId(context.entropy.id(now));
        let job = NewJob {
            id,
            kind: EFFECT,
            payload: "{}".to_owned(),
            key: JobKey::parse(&id.to_string()).ok(),
            priority: JobPriority::Normal,
            run_at: now,
            // A job that dies with its worker again and again must not be given up here.
            max_attempts: 1_000,
            request_id: None,
            created_at: now,
        };
        unit.jobs().enqueue(&job).await.map_err(Failure::from)?;
        keys.push(id.to_string());
    }
    unit.commit().await.map_err(Failure::from)?;
    Ok(HttpResponse::Accepted().json(keys))
}

/// List the whole ledger
#[utoipa::path(tag = "ledger", operation_id = "list_effects", responses((status = 200, description = "A key a line.")))]
#[get("/api/v1/effects")]
async fn list(context: Data<Context>) -> Result<HttpResponse, ApiError> {
    let mut query = AuditQuery {
        kind: Some(WRITTEN),
        page: PageRequest {
            limit: MAX_PAGE_LIMIT,
            ..PageRequest::default()
        },
        ..AuditQuery::default()
    };
    let mut keys = Vec::new();
    loop {
        let page = context.store.read().audit_events().list(&query).await;
        let page = page.map_err(Failure::from)?;
        keys.extend(page.items.into_iter().filter_map(|event| event.detail));
        query.page.after = page.next;
        if query.page.after.is_none() {
            return Ok(HttpResponse::Ok().json(keys));
        }
    }
}

/// Writes a line into the ledger, and tells on standard output whether it was there already.
struct WriteLedger(Context);

#[async_trait]
impl JobHandler for WriteLedger {
    fn kind(&self) -> JobKind {
        EFFECT
    }

    async fn run(&self, job: &Job) -> Result<(), JobError> {
        tokio::time::sleep(PAUSE).await;
        let written = self.write(job.id).await;
        let written = written.map_err(|error| JobError::Again(error.to_string()))?;
        // Here a worker dies that has worked and has not said so.
        tokio::time::sleep(PAUSE).await;
        let line: &[u8] = if written { b"written\n" } else { b"again\n" };
        let _ = std::io::stdout().write_all(line);
        Ok(())
    }
}

impl WriteLedger {
    /// The effect and the key that it is known by, together or not at all.
    async fn write(&self, id: JobId) -> Result<bool, RepositoryError> {
        let Context {
            store,
            clock,
            entropy,
            ..
        } = &self.0;
        let now = clock.now();
        let mut key = [0; 32];
        key[..16].copy_from_slice(id.uuid().as_bytes());
        let known = IdempotencyRecord {
            key: TokenHash(key),
            fingerprint: TokenHash(key),
            response: None,
            expires_at: now + Duration::from_secs(86_400),
        };
        let unit = store.begin().await?;
        if unit.idempotency().claim(&known, now).await?.is_some() {
            return Ok(false);
        }
        let line = AuditEvent {
            detail: Some(id.to_string()),
            ..audit::event(&**entropy, now, WRITTEN, &Origin::default())
        };
        unit.audit_events().append(&line).await?;
        unit.commit().await?;
        Ok(true)
    }
}
