//! `DELETE /storage/buckets/{bucket}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_services::storage::StorageService;

use super::names::BucketPath;
use crate::{
    error::{ApiError, Problem},
    extract::{IfMatch, RequestOrigin, Require, StorageBuckets},
};

/// Delete a bucket
///
/// Needs `storage:buckets`. It must be empty.
#[utoipa::path(
    operation_id = "delete_bucket",
    tag = "buckets",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, IfMatch),
    responses(
        (status = 204, description = "The bucket was deleted."),
        (status = 409, description = "BUCKET_NOT_EMPTY", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/buckets/{bucket}")]
pub(super) async fn delete_bucket(
    storage: Data<StorageService>,
    actor: Require<StorageBuckets>,
    (bucket, if_match): (BucketPath, IfMatch),
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match.version_of(&bucket.0)?;
    storage
        .delete_bucket(&actor, (&bucket.0, expected), &origin.0)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
