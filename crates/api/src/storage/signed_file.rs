//! `GET` and `PUT /storage/signed/{bucket}/{key}`.

use actix_web::{
    HttpRequest, HttpResponse, get, put,
    web::{Data, Payload},
};
use mainstay_domain::UserId;
use mainstay_services::storage::{SignedUrl, StorageService};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use super::{
    file_body::{FileBody, Octets},
    names::FilePath,
    receive::{announced, answer, patience, receive},
    serve::{Kept, Serving},
};
use crate::{
    error::{ApiError, ErrorCode, Problem},
    extract::{IfMatch, IfNoneMatch, RequestOrigin, parse_form},
};

/// The parameters of a signed URL, as they were signed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SignedQuery {
    /// Until when it works, in seconds since 1970.
    expires: i64,
    /// Who signed it.
    by: Uuid,
    /// `attachment` if browsers are to save the file whatever its type.
    #[param(pattern = "^attachment$")]
    disposition: Option<String>,
    /// Proves the rest.
    signature: String,
}

/// Whatever is wrong with a URL, it is the same answer.
fn signed(
    request: &HttpRequest,
    path: Result<FilePath, ApiError>,
) -> Result<(FilePath, SignedUrl), ApiError> {
    let refused = || ApiError::new(ErrorCode::SIGNED_URL_INVALID);
    let query: SignedQuery = parse_form(request.query_string()).map_err(|_| refused())?;
    let attachment = match query.disposition.as_deref() {
        None => false,
        Some("attachment") => true,
        Some(_) => return Err(refused()),
    };
    let url = SignedUrl {
        expires: query.expires,
        by: UserId(query.by),
        attachment,
        signature: query.signature,
    };
    Ok((path.map_err(|_| refused())?, url))
}

/// Read a file by a signed URL
///
/// Without logging in, as long as the URL holds: until it expires, its file or its signer goes, or the
/// bucket's URLs are revoked. Otherwise as any download.
#[utoipa::path(
    operation_id = "get_signed_file",
    tag = "files",
    params(FilePath, SignedQuery, IfMatch, IfNoneMatch),
    responses(
        (status = 200, description = "The file.", body = Octets, content_type = "application/octet-stream"),
        (status = 206, description = "A part of the file.", body = Octets, content_type = "application/octet-stream"),
        (status = 304, description = "The client has it already."),
        (status = 307, description = "The object store gives it out; only if this server is set up so.", headers(
            ("Location" = String, description = "Where, for a few minutes."),
        )),
        (status = 403, description = "SIGNED_URL_INVALID", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "FILE_QUARANTINED", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "RANGE_NOT_SATISFIABLE", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/signed/{bucket}/{key:.*}")]
pub(super) async fn get_signed_file(
    storage: Data<StorageService>,
    (path, request): (Result<FilePath, ApiError>, HttpRequest),
    conditions: (IfMatch, IfNoneMatch),
) -> Result<HttpResponse, ApiError> {
    let (path, url) = signed(&request, path)?;
    let file = storage.get_signed_file((&path.bucket, &path.key), &url).await?;
    let serving = Serving {
        storage: storage.into_inner(),
        bucket: path.bucket,
        file,
        attachment: url.attachment,
        kept: Kept::Private,
    };
    serving.answer(&request, &conditions).await
}

/// Write a file by a signed URL
///
/// Without logging in, in the name of whoever signed it, as long as they may write there themselves.
#[utoipa::path(
    operation_id = "put_signed_file",
    tag = "files",
    params(
        FilePath, SignedQuery, IfMatch,
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no such file.", pattern = "^\\*$"),
    ),
    request_body(content = Octets, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "The file was replaced.", body = FileBody),
        (status = 201, description = "The file was made.", body = FileBody),
        (status = 403, description = "SIGNED_URL_INVALID", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "REQUEST_TIMEOUT", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "KEY_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[put("/signed/{bucket}/{key:.*}")]
pub(super) async fn put_signed_file(
    storage: Data<StorageService>,
    (path, request): (Result<FilePath, ApiError>, HttpRequest),
    (if_match, if_none_match, origin): (IfMatch, IfNoneMatch, RequestOrigin),
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let (path, url) = signed(&request, path)?;
    let new = announced(&request, path, (&if_match, &if_none_match))?;
    let bucket = new.bucket.clone();
    let upload = storage.begin_signed_upload(new, &url).await?;
    let placed = receive(upload, body, &patience(&request), &origin.0).await?;
    Ok(answer(&bucket, placed))
}
