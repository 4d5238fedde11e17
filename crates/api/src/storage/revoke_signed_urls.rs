//! `POST /storage/buckets/{bucket}/revoke-signed-urls`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::storage::StorageService;

use super::names::BucketPath;
use crate::{
    error::ApiError,
    extract::{RequestOrigin, Require, StorageBuckets},
};

/// Make every signed URL of a bucket worthless
///
/// Needs `storage:buckets`. Takes effect at once, on every instance.
#[utoipa::path(
    operation_id = "revoke_signed_urls",
    tag = "buckets",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath),
    responses((status = 204, description = "No URL that was signed before works any more.")),
)]
#[post("/buckets/{bucket}/revoke-signed-urls")]
pub(super) async fn revoke_signed_urls(
    storage: Data<StorageService>,
    actor: Require<StorageBuckets>,
    bucket: BucketPath,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    storage.revoke_urls(&actor, &bucket.0, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
