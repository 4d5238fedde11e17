//! `DELETE /storage/uploads/{id}`.

use actix_web::{HttpRequest, HttpResponse, delete, web::Data};
use mainstay_domain::{Principal, UploadId};
use mainstay_services::storage::StorageService;

use super::protocol::{check_version, tus};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IdPath},
};

/// Give up a resumable upload
///
/// What came is removed. The file of an upload that has finished stays.
#[utoipa::path(
    operation_id = "delete_upload",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        IdPath<UploadId>,
        ("Tus-Resumable" = String, Header, description = "The version of the protocol.", pattern = "^1\\.0\\.0$"),
    ),
    responses(
        (status = 204, description = "The upload is gone.", headers(("Tus-Resumable" = String, description = "1.0.0"))),
        (status = 412, description = "TUS_VERSION_UNSUPPORTED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/uploads/{id}")]
pub(super) async fn delete_upload(
    storage: Data<StorageService>,
    caller: AnyCaller,
    id: IdPath<UploadId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    tus(delete(&storage, &caller, id.0, &request).await)
}

pub(super) async fn delete(
    storage: &StorageService,
    caller: &Principal,
    id: UploadId,
    request: &HttpRequest,
) -> Result<HttpResponse, ApiError> {
    check_version(request)?;
    storage.delete_upload(caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
