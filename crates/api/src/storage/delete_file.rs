//! `DELETE /storage/buckets/{bucket}/files/{key}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_services::storage::StorageService;

use super::names::FilePath;
use crate::{
    error::ApiError,
    extract::{AnyCaller, IfMatch, RequestOrigin},
};

/// Delete a file
///
/// One's own, or any with `storage:write_all`. `If-Match` names the octets that the client has seen.
#[utoipa::path(
    operation_id = "delete_file",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(FilePath, IfMatch),
    responses((status = 204, description = "The file was deleted.")),
)]
#[delete("/buckets/{bucket}/files/{key:.*}")]
pub(super) async fn delete_file(
    storage: Data<StorageService>,
    caller: AnyCaller,
    (path, if_match): (FilePath, IfMatch),
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let place = (&path.bucket, &path.key);
    storage
        .delete_file(&caller, place, &if_match.of_file(), &origin.0)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
