//! `HEAD /storage/uploads/{id}`.

use actix_web::{
    HttpRequest, HttpResponse, head,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::Data,
};
use mainstay_domain::{Principal, UploadId};
use mainstay_services::storage::StorageService;

use super::protocol::{UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET, check_version, expires, tus};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IdPath},
};

/// Ask how far a resumable upload has got
///
/// `Upload-Offset` is where the next part begins. It equals `Upload-Length` only once the file is there.
#[utoipa::path(
    operation_id = "get_upload",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        IdPath<UploadId>,
        ("Tus-Resumable" = String, Header, description = "The version of the protocol.", pattern = "^1\\.0\\.0$"),
    ),
    responses(
        (status = 200, description = "How far it is.", headers(
            ("Upload-Offset" = i64, description = "Octets that are here."),
            ("Upload-Length" = i64, description = "Octets of the whole file."),
            ("Upload-Metadata" = String, description = "As it was sent."),
            ("Upload-Expires" = String, description = "Until when it can be resumed."),
            ("Tus-Resumable" = String, description = "1.0.0"),
        )),
        (status = 412, description = "TUS_VERSION_UNSUPPORTED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[head("/uploads/{id}")]
pub(super) async fn get_upload(
    storage: Data<StorageService>,
    caller: AnyCaller,
    id: IdPath<UploadId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    tus(get(&storage, &caller, id.0, &request).await)
}

pub(super) async fn get(
    storage: &StorageService,
    caller: &Principal,
    id: UploadId,
    request: &HttpRequest,
) -> Result<HttpResponse, ApiError> {
    check_version(request)?;
    let upload = storage.get_upload(caller, id).await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((UPLOAD_OFFSET, upload.received))
        .insert_header((UPLOAD_LENGTH, upload.length))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    if !upload.announced.is_empty() {
        answer.insert_header((UPLOAD_METADATA, upload.announced.as_str()));
    }
    expires(&mut answer, &upload);
    Ok(answer.finish())
}
