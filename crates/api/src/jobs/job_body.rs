//! A job as operators see it.

use chrono::{DateTime, Utc};
use mainstay_domain::Job;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A job of the queue. What it is about is never shown: it may be a secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(super) struct JobBody {
    /// Identity, UUIDv7.
    id: Uuid,
    /// What kind of work it is.
    #[schema(example = "mail")]
    kind: String,
    /// What it is known by; a second job with the same key is not queued.
    #[schema(required)]
    key: Option<String>,
    /// `queued`, `running`, `done` or `dead`.
    #[schema(example = "dead")]
    status: &'static str,
    /// `high`, `normal` or `low`.
    #[schema(example = "high")]
    priority: &'static str,
    /// When it may be taken: its time if it is queued, the end of its lease if it runs.
    #[schema(required)]
    due_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    #[schema(example = 1)]
    attempts: i32,
    /// How often it is tried.
    #[schema(example = 12)]
    max_attempts: i32,
    /// Why it was not done the last time.
    #[schema(
        required,
        example = "refused for good: permanent error (550): no such mailbox"
    )]
    failure: Option<String>,
    /// Finds the request it belongs to in the logs.
    #[schema(required)]
    request_id: Option<String>,
    /// When it was queued.
    created_at: DateTime<Utc>,
    /// When it was done or given up.
    #[schema(required)]
    finished_at: Option<DateTime<Utc>>,
}

impl From<Job> for JobBody {
    fn from(job: Job) -> Self {
        Self {
            id: job.id.uuid(),
            kind: job.kind.to_string(),
            key: job.key.map(|key| key.as_str().to_owned()),
            status: job.status.as_str(),
            priority: job.priority.as_str(),
            due_at: job.due_at,
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            failure: job.failure.map(|failure| failure.as_str().to_owned()),
            request_id: job.request_id,
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}
