//! `GET /storage/buckets`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_services::storage::StorageService;

use super::bucket_body::BucketBody;
use crate::{
    error::ApiError,
    extract::{ListBody, ListQuery, NoFilter, PageParams, Require, StorageBuckets},
};

/// List buckets
///
/// Needs `storage:buckets`. By name.
#[utoipa::path(
    operation_id = "list_buckets",
    tag = "buckets",
    security(("bearer" = []), ("api_key" = [])),
    params(PageParams),
    responses((status = 200, description = "A page of buckets.", body = ListBody<BucketBody>)),
)]
#[get("/buckets")]
pub(super) async fn list_buckets(
    storage: Data<StorageService>,
    _: Require<StorageBuckets>,
    query: ListQuery<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = storage.list_buckets(&query.page).await?;
    Ok(query.respond(page, BucketBody::from))
}
