//! `POST /storage/uploads/{id}` with `X-HTTP-Method-Override`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::HeaderName,
    post,
    web::{Data, Payload},
};
use mainstay_domain::UploadId;
use mainstay_services::storage::StorageService;

use super::{
    append_upload::append,
    delete_upload::delete,
    get_upload::get,
    protocol::{malformed, tus},
};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IdPath, RequestOrigin},
    storage::file_body::Octets,
};

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// Do something with a resumable upload where only POST gets through
///
/// `X-HTTP-Method-Override` tells what: PATCH, DELETE or HEAD; everything else is as with that method.
#[utoipa::path(
    operation_id = "override_upload_method",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        IdPath<UploadId>,
        ("X-HTTP-Method-Override" = String, Header, description = "The method that is meant.", pattern = "^(PATCH|DELETE|HEAD)$"),
        ("Tus-Resumable" = String, Header, description = "The version of the protocol.", pattern = "^1\\.0\\.0$"),
        ("Upload-Offset" = Option<i64>, Header, description = "Where the part begins.", minimum = 0),
        ("Upload-Checksum" = Option<String>, Header, description = "Checksum of the part: `sha1` or `sha256`, and base64."),
    ),
    request_body(content = inline(Option<Octets>), content_type = "application/offset+octet-stream"),
    responses(
        (status = 200, description = "As HEAD answers."),
        (status = 204, description = "As PATCH and DELETE answer."),
        (status = 408, description = "REQUEST_TIMEOUT", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "OFFSET_MISMATCH, KEY_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "TUS_VERSION_UNSUPPORTED", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "PAYLOAD_TOO_LARGE, FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
        (status = 460, description = "UPLOAD_CHECKSUM_MISMATCH", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/uploads/{id}")]
pub(super) async fn override_upload_method(
    storage: Data<StorageService>,
    caller: AnyCaller,
    id: IdPath<UploadId>,
    (request, origin): (HttpRequest, RequestOrigin),
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let method = request.headers().get(METHOD_OVERRIDE);
    let method = method.map(|method| method.as_bytes().to_ascii_uppercase());
    tus(match method.as_deref() {
        Some(b"PATCH") => append(&storage.into_inner(), &caller.0, id.0, (&request, body), origin.0).await,
        Some(b"DELETE") => delete(&storage, &caller, id.0, &request).await,
        Some(b"HEAD") => get(&storage, &caller, id.0, &request).await,
        _ => Err(malformed(
            "X-HTTP-Method-Override must be PATCH, DELETE or HEAD here.",
        )),
    })
}
