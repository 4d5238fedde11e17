//! `GET` and `PATCH /storage/buckets/{bucket}/metadata/{key}`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, patch, web::Data};
use mainstay_domain::{File, parse_metadata};
use mainstay_services::storage::{FileChanges, StorageService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{file_body::FileBody, names::FilePath};
use crate::{
    error::ApiError,
    extract::{AnyCaller, ETag, IfMatch, IfNoneMatch, ValidJson},
};

/// Changes to what is said about a file. Left-out fields stay.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateFileBody {
    /// All of its metadata: at most 32 entries, named by up to 64 letters, digits, `.`, `_` and `-`, each
    /// of up to 256 characters.
    #[schema(example = json!({ "quarter": "3" }))]
    metadata: Option<BTreeMap<String, String>>,
}

/// Read what is known of a file
///
/// Its ETag here is that of its metadata, not of its octets.
#[utoipa::path(
    operation_id = "get_file_metadata",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(FilePath, IfNoneMatch),
    responses(
        (status = 200, description = "What is known.", body = FileBody, headers(("ETag" = String, description = "Version of the file."))),
        (status = 304, description = "It has not changed."),
    ),
)]
#[get("/buckets/{bucket}/metadata/{key:.*}")]
pub(super) async fn get_file_metadata(
    storage: Data<StorageService>,
    caller: AnyCaller,
    path: FilePath,
    if_none_match: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let file = storage.get_file(&caller, &path.bucket, &path.key).await?;
    Ok(if_none_match.answer(&file_etag(&file), || FileBody::new(&path.bucket, file.clone())))
}

/// Change what is said about a file
#[utoipa::path(
    operation_id = "update_file_metadata",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(FilePath, IfMatch),
    request_body = UpdateFileBody,
    responses(
        (status = 200, description = "The changed file.", body = FileBody, headers(("ETag" = String, description = "Version of the file."))),
    ),
)]
#[patch("/buckets/{bucket}/metadata/{key:.*}")]
pub(super) async fn update_file_metadata(
    storage: Data<StorageService>,
    caller: AnyCaller,
    (path, if_match): (FilePath, IfMatch),
    body: ValidJson<UpdateFileBody>,
) -> Result<HttpResponse, ApiError> {
    let metadata = body.0.metadata.map(parse_metadata).transpose();
    let metadata = metadata.map_err(|error| ApiError::invalid("metadata", &error))?;
    let seen = storage.get_file(&caller, &path.bucket, &path.key).await?;
    let expected = if_match.version_of(seen.id)?;
    let place = (&path.bucket, &path.key);
    let file = storage
        .update_file(&caller, place, expected, FileChanges { metadata })
        .await?;
    Ok(file_etag(&file).ok(&FileBody::new(&path.bucket, file.clone())))
}

pub(super) fn file_etag(file: &File) -> ETag {
    ETag::of(file.id, file.version)
}
