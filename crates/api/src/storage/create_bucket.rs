//! `POST /storage/buckets`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::{BucketLimits, BucketName};
use mainstay_services::storage::{NewBucket, StorageService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::bucket_body::{BucketBody, bucket_etag, parse_types};
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{RequestOrigin, Require, StorageBuckets, ValidJson},
};

/// A new bucket.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateBucketBody {
    /// What to call it: 3 to 63 lower-case letters, digits and hyphens. It never changes.
    #[schema(
        min_length = 3,
        max_length = 63,
        pattern = "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
        example = "reports"
    )]
    name: String,
    /// Whether anybody may read its files without logging in.
    #[serde(default)]
    #[schema(required = false, default = false)]
    public: bool,
    /// Whether every user may keep files of their own in it. Otherwise only those may read and write
    /// it who hold `storage:read_all` and `storage:write_all`.
    #[serde(default)]
    #[schema(required = false, default = false)]
    open: bool,
    /// The largest file, in octets; as large as this server allows if left out.
    #[serde(default)]
    #[validate(range(min = 1))]
    #[schema(required = false, minimum = 1, example = 10_485_760)]
    max_file_size: Option<i64>,
    /// All files together, in octets; without a quota if left out.
    #[serde(default)]
    #[validate(range(min = 0))]
    #[schema(required = false, minimum = 0, example = 1_073_741_824)]
    quota: Option<i64>,
    /// Only files of these types, as found in their octets; any if left out.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(required = false, max_items = 50, example = json!(["image/*", "application/pdf"]))]
    allowed_types: Vec<String>,
}

impl CreateBucketBody {
    fn parse(&self) -> Result<NewBucket, ApiError> {
        let mut errors = FieldErrors::new();
        let name = errors.check("name", BucketName::parse(&self.name));
        let types = parse_types(&mut errors, &self.allowed_types);
        let (name, types) = errors.all((name, Some(types)))?;
        Ok(NewBucket {
            name,
            public: self.public,
            open: self.open,
            limits: BucketLimits {
                file_size: self.max_file_size,
                quota: self.quota,
                types,
            },
        })
    }
}

/// Make a bucket
///
/// Needs `storage:buckets`. Private unless it says otherwise: nobody but its files' owners and those
/// who may read everything get to see what is in it.
#[utoipa::path(
    operation_id = "create_bucket",
    tag = "buckets",
    security(("bearer" = []), ("api_key" = [])),
    request_body = CreateBucketBody,
    responses(
        (status = 201, description = "The bucket.", body = BucketBody, headers(
            ("Location" = String, description = "Where the bucket is."),
            ("ETag" = String, description = "Version of the bucket's rules."),
        )),
        (status = 409, description = "BUCKET_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets")]
pub(super) async fn create_bucket(
    storage: Data<StorageService>,
    actor: Require<StorageBuckets>,
    origin: RequestOrigin,
    body: ValidJson<CreateBucketBody>,
) -> Result<HttpResponse, ApiError> {
    let bucket = storage.create_bucket(&actor, body.0.parse()?, &origin.0).await?;
    let location = format!("/api/v1/storage/buckets/{}", bucket.name);
    Ok(bucket_etag(&bucket).created(&location, &BucketBody::from(bucket.clone())))
}
