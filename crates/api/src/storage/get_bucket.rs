//! `GET /storage/buckets/{bucket}`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_services::storage::StorageService;

use super::{
    bucket_body::{BucketBody, bucket_etag},
    names::BucketPath,
};
use crate::{
    error::ApiError,
    extract::{AnyCaller, IfNoneMatch},
};

/// Read a bucket
///
/// Any bucket with a permission of storage; an open one otherwise, without how full it is.
#[utoipa::path(
    operation_id = "get_bucket",
    tag = "buckets",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, IfNoneMatch),
    responses(
        (status = 200, description = "The bucket.", body = BucketBody, headers(("ETag" = String, description = "Version of the bucket's rules."))),
        (status = 304, description = "Its rules have not changed."),
    ),
)]
#[get("/buckets/{bucket}")]
pub(super) async fn get_bucket(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    if_none_match: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let seen = storage.get_bucket(&caller, &bucket.0).await?;
    Ok(if_none_match.answer(&bucket_etag(&seen.bucket), || BucketBody::from(seen.clone())))
}
