//! `POST /storage/buckets/{bucket}/move`.

use actix_web::{
    HttpResponse,
    http::header::{ETAG, LOCATION},
    post,
    web::Data,
};
use mainstay_services::storage::StorageService;

use super::{
    copy_file::CopyBody,
    file_body::FileBody,
    names::{BucketPath, location},
};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, ETag, RequestOrigin, ValidJson},
};

/// Move a file
///
/// One that the caller may write, to where they may write too. It keeps its id and its owner; URLs that
/// were signed for it work no more. Inside of a bucket no octet is copied.
#[utoipa::path(
    operation_id = "move_file",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath),
    request_body = CopyBody,
    responses(
        (status = 200, description = "The file.", body = FileBody, headers(("Location" = String, description = "Where the file is now."))),
        (status = 409, description = "FILE_EXISTS, KEY_TAKEN, FILE_QUARANTINED", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets/{bucket}/move")]
pub(super) async fn move_file(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    origin: RequestOrigin,
    body: ValidJson<CopyBody>,
) -> Result<HttpResponse, ApiError> {
    let moving = body.0.parse(bucket.0)?;
    let file = storage.move_file(&caller, &moving, &origin.0).await?;
    let tag = ETag::of_octets(&file.sha256);
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header((LOCATION, location(&moving.to_bucket, &file.key)))
        .json(FileBody::new(&moving.to_bucket, file)))
}
