//! `POST /storage/buckets/{bucket}/direct-uploads/{id}/complete`.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use mainstay_domain::{Sha256, UploadId};
use mainstay_services::storage::StorageService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IdPath, RequestOrigin, ValidJson},
    storage::{
        file_body::FileBody,
        names::BucketPath,
        receive::{answer, patience},
    },
};

/// How long the object store may take to copy a large file and to give it out once.
const COMPLETING: Duration = Duration::from_secs(3600);

/// What is known only at the end.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompleteDirectUploadBody {
    /// SHA-256 of the octets that were sent, in hexadecimal digits.
    #[serde(default)]
    #[schema(required = false, pattern = "^[0-9a-fA-F]{64}$")]
    sha256: Option<String>,
}

/// Complete a direct upload
///
/// Makes the file of what was sent. The server reads all of it once, which takes its time: so size, checksum
/// and type are those of what is kept. The same holds as for any upload; what is refused for its size, its
/// checksum or its type is removed and may be sent again. What is sent to the URL later changes nothing.
#[utoipa::path(
    operation_id = "complete_direct_upload",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, IdPath<UploadId>),
    request_body = CompleteDirectUploadBody,
    responses(
        (status = 200, description = "The file was replaced.", body = FileBody),
        (status = 201, description = "The file was made.", body = FileBody, headers(
            ("ETag" = String, description = "SHA-256 of its octets."),
            ("Location" = String, description = "Where the file is."),
        )),
        (status = 409, description = "NOTHING_ARRIVED, UPLOAD_COMPLETED, KEY_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "MEDIA_TYPE_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "SIZE_MISMATCH, CHECKSUM_MISMATCH, VALIDATION_FAILED", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets/{bucket}/direct-uploads/{id}/complete")]
pub(super) async fn complete_direct_upload(
    storage: Data<StorageService>,
    caller: AnyCaller,
    (bucket, id): (BucketPath, IdPath<UploadId>),
    (request, origin): (HttpRequest, RequestOrigin),
    body: ValidJson<CompleteDirectUploadBody>,
) -> Result<HttpResponse, ApiError> {
    let sha256 = body.0.sha256.as_deref().map(Sha256::parse).transpose();
    let sha256 = sha256.map_err(|error| ApiError::invalid("sha256", &error))?;
    patience(&request).extend(COMPLETING);
    let placed = storage
        .complete_direct_upload(&caller, (&bucket.0, id.0), sha256, &origin.0)
        .await?;
    Ok(answer(&bucket.0, placed))
}
