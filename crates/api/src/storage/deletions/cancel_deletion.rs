//! `DELETE /storage/buckets/{bucket}/deletions/{id}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_domain::FileDeletionId;
use mainstay_services::storage::StorageService;

use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IdPath},
    storage::names::BucketPath,
};

/// Call off a deletion of many files
///
/// One that the caller asked for and that has not ended. What is gone stays gone.
#[utoipa::path(
    operation_id = "cancel_file_deletion",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, IdPath<FileDeletionId>),
    responses(
        (status = 204, description = "No further file goes."),
        (status = 409, description = "DELETION_ENDED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/buckets/{bucket}/deletions/{id}")]
pub(super) async fn cancel_file_deletion(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    id: IdPath<FileDeletionId>,
) -> Result<HttpResponse, ApiError> {
    storage.cancel_deletion(&caller, (&bucket.0, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
