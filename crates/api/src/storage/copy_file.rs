//! `POST /storage/buckets/{bucket}/copy`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::{BucketName, ObjectKey};
use mainstay_services::storage::{Copying, StorageService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{file_body::FileBody, names::BucketPath, receive::answer};
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{AnyCaller, RequestOrigin, ValidJson},
};

/// From where to where.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyBody {
    /// The key of the file.
    #[schema(min_length = 1, max_length = 1024, example = "2026/q3.pdf")]
    from: String,
    /// Its key at the goal.
    #[schema(min_length = 1, max_length = 1024, example = "archive/q3.pdf")]
    to: String,
    /// The bucket that it goes to; the same if left out.
    #[serde(default)]
    #[schema(required = false, example = "reports")]
    to_bucket: Option<String>,
    /// Whether a file that is there is replaced.
    #[serde(default)]
    #[schema(required = false, default = false)]
    overwrite: bool,
}

impl CopyBody {
    pub(super) fn parse(&self, bucket: BucketName) -> Result<Copying, ApiError> {
        let mut errors = FieldErrors::new();
        let from = errors.check("from", ObjectKey::parse(&self.from));
        let to = errors.check("to", ObjectKey::parse(&self.to));
        let to_bucket = match &self.to_bucket {
            Some(raw) => errors.check("to_bucket", BucketName::parse(raw)),
            None => Some(bucket.clone()),
        };
        let (from, to, to_bucket) = errors.all((from, to, to_bucket))?;
        Ok(Copying {
            bucket,
            from,
            to_bucket,
            to,
            overwrite: self.overwrite,
        })
    }
}

/// Copy a file
///
/// One that the caller may read, to where they may write; the copy is theirs. The octets are copied by the
/// object store itself.
#[utoipa::path(
    operation_id = "copy_file",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath),
    request_body = CopyBody,
    responses(
        (status = 200, description = "A file was replaced by the copy.", body = FileBody),
        (status = 201, description = "The copy.", body = FileBody, headers(("Location" = String, description = "Where the copy is."))),
        (status = 409, description = "FILE_EXISTS, KEY_TAKEN, FILE_QUARANTINED", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets/{bucket}/copy")]
pub(super) async fn copy_file(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    origin: RequestOrigin,
    body: ValidJson<CopyBody>,
) -> Result<HttpResponse, ApiError> {
    let copying = body.0.parse(bucket.0)?;
    let placed = storage.copy_file(&caller, &copying, &origin.0).await?;
    Ok(answer(&copying.to_bucket, placed))
}
