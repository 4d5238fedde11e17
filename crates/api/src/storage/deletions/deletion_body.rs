//! A deletion of many files as clients see it.

use chrono::{DateTime, Utc};
use mainstay_domain::{BucketName, FileDeletion};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The deletion of all files under a prefix.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileDeletion)]
pub(super) struct DeletionBody {
    /// Identity, UUIDv7.
    id: Uuid,
    /// Where.
    #[schema(example = "reports")]
    bucket: String,
    /// What the keys begin with; empty for the whole bucket.
    #[schema(example = "2019/")]
    prefix: String,
    /// `pending`, `running`, `done`, `failed` or `cancelled`.
    #[schema(example = "running")]
    status: &'static str,
    /// Files that are gone.
    #[schema(minimum = 0, example = 1200)]
    deleted: i64,
    /// Files that there were; known for whole buckets only.
    #[schema(required, minimum = 0, example = json!(null))]
    total: Option<i64>,
    /// When it was asked for: files that were written, changed or moved here since stay.
    created_at: DateTime<Utc>,
    /// When it ended.
    #[schema(required)]
    finished_at: Option<DateTime<Utc>>,
}

impl DeletionBody {
    pub(super) fn new(bucket: &BucketName, deletion: FileDeletion) -> Self {
        Self {
            id: deletion.id.uuid(),
            bucket: bucket.to_string(),
            prefix: deletion.prefix.to_string(),
            status: deletion.status.as_str(),
            deleted: deletion.deleted,
            total: deletion.total,
            created_at: deletion.created_at,
            finished_at: deletion.finished_at,
        }
    }
}
