//! `PUT /storage/buckets/{bucket}/files/{key}`.

use actix_web::{
    HttpRequest, HttpResponse, put,
    web::{Data, Payload},
};
use mainstay_services::storage::StorageService;

use super::{
    file_body::{FileBody, Octets},
    names::FilePath,
    receive::{announced, answer, patience, receive},
};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IfMatch, IfNoneMatch, RequestOrigin},
};

/// Write a file
///
/// The body is the file, of any length, streamed. Its type is found in its octets; `Content-Type` is
/// believed only where that can do no harm. `Content-Digest`, `Repr-Digest` (RFC 9530, `sha-256`) and
/// `x-amz-checksum-sha256` are verified. `If-None-Match: *` writes only a new file, `If-Match` only one
/// whose octets the client has seen. Whatever fails, the file that was there stays as it was.
#[utoipa::path(
    operation_id = "put_file",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        FilePath,
        IfMatch,
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no such file.", pattern = "^\\*$"),
        ("Content-Digest" = Option<String>, Header, description = "`sha-256=:…:`, verified."),
    ),
    request_body(content = Octets, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "The file was replaced.", body = FileBody, headers(
            ("ETag" = String, description = "SHA-256 of its octets."),
            ("Location" = String, description = "Where the file is."),
        )),
        (status = 201, description = "The file was made.", body = FileBody, headers(
            ("ETag" = String, description = "SHA-256 of its octets."),
            ("Location" = String, description = "Where the file is."),
        )),
        (status = 408, description = "REQUEST_TIMEOUT", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "KEY_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "MEDIA_TYPE_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "CHECKSUM_MISMATCH, VALIDATION_FAILED", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[put("/buckets/{bucket}/files/{key:.*}")]
pub(super) async fn put_file(
    storage: Data<StorageService>,
    caller: AnyCaller,
    (path, request): (FilePath, HttpRequest),
    (if_match, if_none_match, origin): (IfMatch, IfNoneMatch, RequestOrigin),
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let new = announced(&request, path, (&if_match, &if_none_match))?;
    let bucket = new.bucket.clone();
    let upload = storage.begin_upload(&caller, new).await?;
    let placed = receive(upload, body, &patience(&request), &origin.0).await?;
    Ok(answer(&bucket, placed))
}
