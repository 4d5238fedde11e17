//! `GET /storage/buckets/{bucket}/deletions/{id}`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::FileDeletionId;
use mainstay_services::storage::StorageService;

use super::deletion_body::DeletionBody;
use crate::{
    error::ApiError,
    extract::{AnyCaller, IdPath},
    storage::names::BucketPath,
};

/// Look how far a deletion of many files is
///
/// One that the caller asked for; it is told for thirty days after its end.
#[utoipa::path(
    operation_id = "get_file_deletion",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, IdPath<FileDeletionId>),
    responses((status = 200, description = "The deletion.", body = DeletionBody)),
)]
#[get("/buckets/{bucket}/deletions/{id}")]
pub(super) async fn get_file_deletion(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    id: IdPath<FileDeletionId>,
) -> Result<HttpResponse, ApiError> {
    let deletion = storage.get_deletion(&caller, (&bucket.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(DeletionBody::new(&bucket.0, deletion)))
}
