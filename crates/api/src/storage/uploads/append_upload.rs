//! `PATCH /storage/uploads/{id}`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, patch,
    web::{Data, Payload},
};
use mainstay_domain::{Origin, Principal, UploadId};
use mainstay_services::storage::StorageService;

use super::{
    protocol::{UPLOAD_OFFSET, check_media_type, check_version, expires, octets, tus},
    take_in::{Incoming, take_in},
};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IdPath, RequestOrigin},
    storage::file_body::Octets,
};

/// Send a part of a resumable upload
///
/// From `Upload-Offset` on, of any length. If the connection breaks off, what came is kept, unless an
/// `Upload-Checksum` came with it. With the last octet the file is made; if that is refused, everything
/// but that octet is kept, and sending it again tries again.
#[utoipa::path(
    operation_id = "append_upload",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        IdPath<UploadId>,
        ("Tus-Resumable" = String, Header, description = "The version of the protocol.", pattern = "^1\\.0\\.0$"),
        ("Upload-Offset" = i64, Header, description = "Where the part begins.", minimum = 0),
        ("Upload-Checksum" = Option<String>, Header, description = "Checksum of the part: `sha1` or `sha256`, and base64."),
    ),
    request_body(content = Octets, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "The part is here.", headers(
            ("Upload-Offset" = i64, description = "Where the next part begins."),
            ("Upload-Expires" = String, description = "Until when it can be resumed."),
            ("Tus-Resumable" = String, description = "1.0.0"),
        )),
        (status = 408, description = "REQUEST_TIMEOUT", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "OFFSET_MISMATCH, KEY_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "TUS_VERSION_UNSUPPORTED", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "PAYLOAD_TOO_LARGE, FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
        (status = 460, description = "UPLOAD_CHECKSUM_MISMATCH", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[patch("/uploads/{id}")]
pub(super) async fn append_upload(
    storage: Data<StorageService>,
    caller: AnyCaller,
    id: IdPath<UploadId>,
    (request, origin): (HttpRequest, RequestOrigin),
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let patched = append(&storage.into_inner(), &caller.0, id.0, (&request, body), origin.0).await;
    tus(patched)
}

pub(super) async fn append(
    storage: &Arc<StorageService>,
    caller: &Arc<Principal>,
    upload: UploadId,
    (request, body): (&HttpRequest, Payload),
    origin: Origin,
) -> Result<HttpResponse, ApiError> {
    check_version(request)?;
    check_media_type(request)?;
    let incoming = Incoming {
        request,
        body,
        upload,
        offset: octets(request, &UPLOAD_OFFSET)?,
    };
    let upload = take_in(storage, caller, incoming, origin).await?;
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((UPLOAD_OFFSET, upload.received));
    expires(&mut answer, &upload);
    Ok(answer.finish())
}
