//! `POST /storage/buckets/{bucket}/deletions`.

use actix_web::{HttpResponse, http::header::LOCATION, post, web::Data};
use mainstay_domain::{BucketName, KeyPrefix};
use mainstay_services::storage::{NewDeletion, StorageService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::deletion_body::DeletionBody;
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{AnyCaller, RequestOrigin, ValidJson},
    storage::names::BucketPath,
};

/// Which files are to go: those under a prefix, or all.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateDeletionBody {
    /// What their keys begin with.
    #[serde(default)]
    #[schema(required = false, max_length = 1024, example = "2019/")]
    prefix: String,
    /// Must be true if every file of the bucket is meant, and only then.
    #[serde(default)]
    #[schema(required = false, default = false)]
    all: bool,
}

impl CreateDeletionBody {
    fn parse(&self, bucket: BucketName) -> Result<NewDeletion, ApiError> {
        let mut errors = FieldErrors::new();
        let prefix = errors.check("prefix", KeyPrefix::parse(&self.prefix));
        match prefix {
            Some(prefix) if prefix.as_str().is_empty() == self.all => Ok(NewDeletion { bucket, prefix }),
            Some(_) => {
                errors.add(
                    "all",
                    "INVALID_ALL",
                    "must be true without a prefix, and only then",
                );
                Err(errors.into())
            }
            None => Err(errors.into()),
        }
    }
}

/// Delete many files
///
/// All files under a prefix that the caller may delete: one's own in an open bucket, everybody's with
/// `storage:write_all`. They go in the background, page by page; the answer tells where to look how far that
/// is. What is written, changed or moved there from now on stays. Whoever may not delete any more when it
/// is done is not obeyed: the deletion fails.
#[utoipa::path(
    operation_id = "create_file_deletion",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath),
    request_body = CreateDeletionBody,
    responses(
        (status = 202, description = "The files will go.", body = DeletionBody, headers(("Location" = String, description = "Where the deletion is."))),
        (status = 409, description = "DELETION_LIMIT", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets/{bucket}/deletions")]
pub(super) async fn create_file_deletion(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    origin: RequestOrigin,
    body: ValidJson<CreateDeletionBody>,
) -> Result<HttpResponse, ApiError> {
    let new = body.0.parse(bucket.0.clone())?;
    let deletion = storage.create_deletion(&caller, new, &origin.0).await?;
    let location = format!("/api/v1/storage/buckets/{}/deletions/{}", bucket.0, deletion.id);
    Ok(HttpResponse::Accepted()
        .insert_header((LOCATION, location))
        .json(DeletionBody::new(&bucket.0, deletion)))
}
