//! `POST /storage/buckets/{bucket}/files`.

use actix_multipart::{Field, Multipart};
use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Payload},
};
use futures::StreamExt as _;
use mainstay_domain::{FileMetadata, ObjectKey, parse_metadata};
use mainstay_services::storage::{NewUpload, StorageService};
use utoipa::ToSchema;

use super::{
    digest_headers,
    file_body::{FileBody, Octets},
    names::BucketPath,
    receive::{answer, condition, declared, patience, receive, refuse_encoded},
};
use crate::{
    error::{ApiError, ErrorCode, Problem},
    extract::{AnyCaller, IfMatch, IfNoneMatch, RequestOrigin},
    middleware::Patience,
};

/// The most that a field other than the file may have, in octets.
const FIELD: usize = 64 * 1024;

/// A form with a file, as browsers send it.
#[derive(ToSchema)]
#[schema(as = UploadForm)]
#[allow(dead_code, reason = "forms are read piece by piece; this describes one")]
pub(super) struct UploadForm {
    /// What to call the file in the bucket; the name it is sent with if left out. Before the file.
    #[schema(required = false, example = "2026/q3.pdf")]
    key: Option<String>,
    /// What to say about it, as a JSON object of text. Before the file.
    #[schema(required = false, example = "{\"quarter\":\"3\"}")]
    metadata: Option<String>,
    /// The file; the last field.
    #[schema(value_type = Octets)]
    file: Octets,
}

/// What stands before the file.
#[derive(Default)]
struct Before {
    key: Option<ObjectKey>,
    metadata: Option<FileMetadata>,
}

/// Write a file from a form
///
/// For `multipart/form-data`, streamed: `key` and `metadata` come before `file`, and whatever comes
/// behind it is not looked at. Otherwise as `PUT`; the `Content-Digest` is that of the file.
#[utoipa::path(
    operation_id = "post_file",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        BucketPath,
        IfMatch,
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no such file.", pattern = "^\\*$"),
    ),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The file was replaced.", body = FileBody),
        (status = 201, description = "The file was made.", body = FileBody, headers(
            ("ETag" = String, description = "SHA-256 of its octets."),
            ("Location" = String, description = "Where the file is."),
        )),
        (status = 408, description = "REQUEST_TIMEOUT", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "KEY_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets/{bucket}/files")]
pub(super) async fn post_file(
    storage: Data<StorageService>,
    caller: AnyCaller,
    (bucket, request): (BucketPath, HttpRequest),
    (if_match, if_none_match, origin): (IfMatch, IfNoneMatch, RequestOrigin),
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    // Whoever may not know of the bucket learns that first.
    storage.get_bucket(&caller, &bucket.0).await?;
    refuse_encoded(&request)?;
    let patience = patience(&request);
    let mut form = Multipart::new(request.headers(), body);
    let (before, file) = read_until_file(&mut form, &patience).await?;
    let new = NewUpload {
        bucket: bucket.0.clone(),
        key: key_of(before.key, &file)?,
        declared_type: file.content_type().and_then(|kind| declared(kind.essence_str())),
        length: None,
        sha256: digest_headers::announced(&request)?,
        metadata: before.metadata,
        condition: condition((&if_match, &if_none_match))?,
    };
    let upload = storage.begin_upload(&caller, new).await?;
    let placed = receive(upload, file, &patience, &origin.0).await?;
    Ok(answer(&bucket.0, placed))
}

async fn read_until_file(form: &mut Multipart, patience: &Patience) -> Result<(Before, Field), ApiError> {
    let mut before = Before::default();
    loop {
        // What stands before the file earns no time, however many fields there are.
        let next = patience.wait(form.next()).await?;
        patience.renew();
        let mut field = match next {
            None => return Err(refused("file", "REQUIRED", "is required")),
            Some(field) => field.map_err(|error| malformed(&error))?,
        };
        match field.name().unwrap_or_default() {
            "file" => {
                patience.forgive();
                return Ok((before, field));
            }
            "key" => {
                let key = ObjectKey::parse(&patience.wait(text(&mut field, "key")).await??);
                before.key = Some(key.map_err(|error| ApiError::invalid("key", &error))?);
            }
            "metadata" => {
                before.metadata = Some(metadata(&patience.wait(text(&mut field, "metadata")).await??)?)
            }
            _ => return Err(refused("body", "UNKNOWN_FIELD", "has a field that is not known")),
        }
    }
}

async fn text(field: &mut Field, name: &'static str) -> Result<String, ApiError> {
    let octets = match field.bytes(FIELD).await {
        Ok(octets) => octets.map_err(|error| malformed(&error))?,
        Err(_) => return Err(refused(name, "INVALID_LENGTH", "is too long")),
    };
    String::from_utf8(octets.to_vec()).map_err(|_| refused(name, "INVALID_TYPE", "must be UTF-8"))
}

fn metadata(raw: &str) -> Result<FileMetadata, ApiError> {
    let parsed = serde_json::from_str(raw)
        .map_err(|_| refused("metadata", "INVALID_TYPE", "must be a JSON object of text"))?;
    parse_metadata(parsed).map_err(|error| ApiError::invalid("metadata", &error))
}

/// The name a file is sent with never makes folders: some clients send whole paths of theirs.
fn key_of(key: Option<ObjectKey>, file: &Field) -> Result<ObjectKey, ApiError> {
    if let Some(key) = key {
        return Ok(key);
    }
    let sent = file
        .content_disposition()
        .and_then(|disposition| disposition.get_filename());
    let sent = sent.unwrap_or_default();
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    ObjectKey::parse(name).map_err(|error| ApiError::invalid("key", &error))
}

fn refused(field: &'static str, code: &'static str, message: &'static str) -> ApiError {
    ApiError::new(ErrorCode::VALIDATION_FAILED).field(field, code, message)
}

fn malformed(error: &actix_multipart::MultipartError) -> ApiError {
    tracing::debug!(%error, "a form could not be read");
    match error {
        actix_multipart::MultipartError::ContentTypeMissing
        | actix_multipart::MultipartError::ContentTypeParse
        | actix_multipart::MultipartError::ContentTypeIncompatible => {
            ApiError::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE).detail("The body must be multipart/form-data.")
        }
        _ => ApiError::new(ErrorCode::BAD_REQUEST).detail("The form cannot be read, or broke off."),
    }
}
