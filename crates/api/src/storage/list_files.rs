//! `GET /storage/buckets/{bucket}/files`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::{FileQuery, KeyPrefix};
use mainstay_services::storage::StorageService;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::{file_body::EntryBody, names::BucketPath};
use crate::{
    error::{ApiError, ErrorCode},
    extract::{AnyCaller, ListBody, ListQuery, PageParams},
};

/// Which files to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FileFilter {
    /// Only keys that begin so.
    #[param(max_length = 1024, example = "2026/")]
    prefix: Option<String>,
    /// Keys that have this character behind the prefix are shown once, as a folder.
    #[param(min_length = 1, max_length = 1, example = "/")]
    delimiter: Option<String>,
}

impl FileFilter {
    fn prefix(&self) -> Result<KeyPrefix, ApiError> {
        let raw = self.prefix.as_deref().unwrap_or_default();
        KeyPrefix::parse(raw).map_err(|error| ApiError::invalid("prefix", &error))
    }

    fn delimiter(&self) -> Result<Option<char>, ApiError> {
        let Some(raw) = &self.delimiter else {
            return Ok(None);
        };
        let mut characters = raw.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) if !one.is_control() => Ok(Some(one)),
            _ => Err(ApiError::new(ErrorCode::VALIDATION_FAILED).field(
                "delimiter",
                "INVALID_DELIMITER",
                "must be one character",
            )),
        }
    }
}

/// List files
///
/// By the octets of their keys: every file with `storage:read_all`, one's own in an open bucket. With a
/// delimiter, usually `/`, it shows one level of folders; what a page costs does not depend on how many
/// files there are. The whole is never counted: `total` is left out.
#[utoipa::path(
    operation_id = "list_files",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, FileFilter, PageParams),
    responses((status = 200, description = "A page of files and folders.", body = ListBody<EntryBody>)),
)]
#[get("/buckets/{bucket}/files")]
pub(super) async fn list_files(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    query: ListQuery<FileFilter>,
) -> Result<HttpResponse, ApiError> {
    let wanted = FileQuery {
        prefix: query.filter.prefix()?,
        delimiter: query.filter.delimiter()?,
        owner: None,
        page: query.page.clone(),
    };
    let page = storage.list_files(&caller, &bucket.0, wanted).await?;
    Ok(query.respond(page, |entry| EntryBody::new(&bucket.0, entry)))
}
