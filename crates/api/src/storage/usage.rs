//! `GET /storage/usage` and `GET /storage/buckets/{bucket}/usage`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::Usage;
use mainstay_services::storage::StorageService;
use serde::Serialize;
use utoipa::ToSchema;

use super::names::BucketPath;
use crate::{error::ApiError, extract::AnyCaller};

/// How much is kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StorageUsage)]
pub(super) struct UsageBody {
    /// Octets.
    #[schema(example = 10_485_760)]
    size: i64,
    /// Files.
    #[schema(example = 12)]
    files: i64,
}

impl From<Usage> for UsageBody {
    fn from(usage: Usage) -> Self {
        Self {
            size: usage.size,
            files: usage.files,
        }
    }
}

/// How full a bucket is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BucketUsage)]
pub(super) struct BucketUsageBody {
    /// What the caller keeps in it.
    own: UsageBody,
    /// What everybody keeps in it; left out if the caller may not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    all: Option<UsageBody>,
    /// All files together, in octets; left out without a quota, or if the caller may not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    quota: Option<i64>,
}

/// Read what one keeps in all buckets
#[utoipa::path(
    operation_id = "get_storage_usage",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "What the caller keeps.", body = UsageBody)),
)]
#[get("/usage")]
pub(super) async fn get_storage_usage(
    storage: Data<StorageService>,
    caller: AnyCaller,
) -> Result<HttpResponse, ApiError> {
    let usage = storage.own_usage(&caller).await?;
    Ok(HttpResponse::Ok().json(UsageBody::from(usage)))
}

/// Read how full a bucket is
///
/// What everybody keeps is told to those who hold a permission of storage.
#[utoipa::path(
    operation_id = "get_bucket_usage",
    tag = "buckets",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath),
    responses((status = 200, description = "How full it is.", body = BucketUsageBody)),
)]
#[get("/buckets/{bucket}/usage")]
pub(super) async fn get_bucket_usage(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
) -> Result<HttpResponse, ApiError> {
    let usage = storage.bucket_usage(&caller, &bucket.0).await?;
    Ok(HttpResponse::Ok().json(BucketUsageBody {
        own: usage.own.into(),
        all: usage.all.map(UsageBody::from),
        quota: usage.quota,
    }))
}
