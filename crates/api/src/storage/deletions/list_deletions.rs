//! `GET /storage/buckets/{bucket}/deletions`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_services::storage::StorageService;

use super::deletion_body::DeletionBody;
use crate::{
    error::ApiError,
    extract::{AnyCaller, ListBody, ListQuery, NoFilter, PageParams},
    storage::names::BucketPath,
};

/// List deletions of many files
///
/// Those that the caller asked for in the bucket, newest first.
#[utoipa::path(
    operation_id = "list_file_deletions",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, PageParams),
    responses((status = 200, description = "A page of deletions.", body = ListBody<DeletionBody>)),
)]
#[get("/buckets/{bucket}/deletions")]
pub(super) async fn list_file_deletions(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    query: ListQuery<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = storage.list_deletions(&caller, &bucket.0, &query.page).await?;
    Ok(query.respond(page, |deletion| DeletionBody::new(&bucket.0, deletion)))
}
