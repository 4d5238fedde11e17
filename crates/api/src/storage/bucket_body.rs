//! A bucket as clients see it.

use chrono::{DateTime, Utc};
use mainstay_domain::{Bucket, MediaPattern};
use mainstay_services::storage::SeenBucket;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{error::FieldErrors, extract::ETag};

/// A place that files are kept in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Bucket)]
pub(super) struct BucketBody {
    /// Identity.
    id: Uuid,
    /// What it is called; never changes.
    #[schema(example = "reports")]
    name: String,
    /// Whether anybody may read its files without logging in.
    public: bool,
    /// Whether every user may keep files of their own in it.
    open: bool,
    /// The largest file, in octets; null for as large as this server allows.
    #[schema(required, example = 10_485_760)]
    max_file_size: Option<i64>,
    /// All files together, in octets; null without a quota.
    #[schema(required, example = 1_073_741_824)]
    quota: Option<i64>,
    /// Only files of these types, as found in their octets; empty for any.
    #[schema(example = json!(["image/*", "application/pdf"]))]
    allowed_types: Vec<String>,
    /// Octets kept now; left out if the caller may not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    used: Option<i64>,
    /// Files kept now; left out if the caller may not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    files: Option<i64>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When its rules last changed.
    updated_at: DateTime<Utc>,
}

impl From<SeenBucket> for BucketBody {
    fn from(seen: SeenBucket) -> Self {
        let bucket = seen.bucket;
        let types = bucket.limits.types.iter().map(MediaPattern::as_str);
        Self {
            id: bucket.id.uuid(),
            name: bucket.name.to_string(),
            public: bucket.public,
            open: bucket.open,
            max_file_size: bucket.limits.file_size,
            quota: bucket.limits.quota,
            allowed_types: types.map(str::to_owned).collect(),
            used: seen.with_usage.then_some(bucket.used),
            files: seen.with_usage.then_some(bucket.files),
            created_at: bucket.created_at,
            updated_at: bucket.updated_at,
        }
    }
}

/// For whoever administers buckets.
impl From<Bucket> for BucketBody {
    fn from(bucket: Bucket) -> Self {
        let with_usage = true;
        SeenBucket { bucket, with_usage }.into()
    }
}

pub(super) fn bucket_etag(bucket: &Bucket) -> ETag {
    ETag::of(&bucket.name, bucket.version)
}

pub(super) fn parse_types(errors: &mut FieldErrors, raw: &[String]) -> Vec<MediaPattern> {
    raw.iter()
        .filter_map(|one| errors.check("allowed_types", MediaPattern::parse(one)))
        .collect()
}
