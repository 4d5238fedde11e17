//! `POST /storage/uploads`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_LENGTH, LOCATION, TRANSFER_ENCODING},
    post,
    web::{Data, Payload},
};
use mainstay_domain::{Origin, Principal, ResumableUpload};
use mainstay_services::storage::StorageService;

use super::{
    metadata_header::announced,
    protocol::{UPLOAD_OFFSET, check_extensions, check_media_type, check_version, expires, location, tus},
    take_in::{Incoming, take_in},
};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, RequestOrigin},
    storage::file_body::Octets,
};

/// Begin a resumable upload
///
/// After tus 1.0. `Upload-Metadata` names the `bucket` and the `key` (or a `filename`), and may name the
/// `filetype` and the file's `sha256` in hexadecimal digits; whatever else it names is kept as the file's
/// metadata. The body may bring the first part.
#[utoipa::path(
    operation_id = "create_upload",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("Tus-Resumable" = String, Header, description = "The version of the protocol.", pattern = "^1\\.0\\.0$"),
        ("Upload-Length" = i64, Header, description = "Octets of the whole file.", minimum = 0),
        ("Upload-Metadata" = String, Header, description = "Names, each with a value in base64, parted by commas.", example = "bucket cmVwb3J0cw==,filename cTMucGRm"),
        ("Upload-Checksum" = Option<String>, Header, description = "Checksum of the part in the body: `sha1` or `sha256`, and base64."),
    ),
    request_body(content = inline(Option<Octets>), content_type = "application/offset+octet-stream"),
    responses(
        (status = 201, description = "The upload may begin.", headers(
            ("Location" = String, description = "Where the parts go."),
            ("Upload-Expires" = String, description = "Until when it can be resumed."),
            ("Upload-Offset" = i64, description = "Octets that came with the request."),
            ("Tus-Resumable" = String, description = "1.0.0"),
        )),
        (status = 404, description = "NOT_FOUND", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "REQUEST_TIMEOUT", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "KEY_TAKEN, UPLOAD_LIMIT", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "TUS_VERSION_UNSUPPORTED", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "FILE_TOO_LARGE, QUOTA_EXCEEDED, PAYLOAD_TOO_LARGE", body = Problem, content_type = "application/problem+json"),
        (status = 460, description = "UPLOAD_CHECKSUM_MISMATCH", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/uploads")]
pub(super) async fn create_upload(
    storage: Data<StorageService>,
    caller: AnyCaller,
    (request, origin): (HttpRequest, RequestOrigin),
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    tus(create(&storage.into_inner(), &caller.0, (&request, body), origin.0).await)
}

async fn create(
    storage: &Arc<StorageService>,
    caller: &Arc<Principal>,
    (request, body): (&HttpRequest, Payload),
    origin: Origin,
) -> Result<HttpResponse, ApiError> {
    check_version(request)?;
    check_extensions(request)?;
    let new = announced(request)?;
    let with_part = brings_octets(request);
    if with_part {
        check_media_type(request)?;
    }
    let upload = storage.create_upload(caller, new, &origin).await?;
    if !with_part || upload.finished {
        return Ok(answer(&upload, None));
    }
    let incoming = Incoming {
        request,
        body,
        upload: upload.id,
        offset: 0,
    };
    match take_in(storage, caller, incoming, origin).await {
        Ok(upload) => Ok(answer(&upload, Some(upload.received))),
        Err(error) => {
            // The client never learns of this upload. If removing it fails, it expires.
            let _ = storage.delete_upload(caller, upload.id).await;
            Err(error)
        }
    }
}

fn brings_octets(request: &HttpRequest) -> bool {
    let length = request.headers().get(CONTENT_LENGTH);
    length.is_some_and(|length| length.as_bytes() != b"0")
        || request.headers().contains_key(TRANSFER_ENCODING)
}

fn answer(upload: &ResumableUpload, received: Option<i64>) -> HttpResponse {
    let mut answer = HttpResponse::Created();
    answer.insert_header((LOCATION, location(upload.id)));
    expires(&mut answer, upload);
    if let Some(received) = received {
        answer.insert_header((UPLOAD_OFFSET, received));
    }
    answer.finish()
}
