//! `GET /storage/buckets/{bucket}/files/{key}`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use mainstay_services::storage::StorageService;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::{
    file_body::Octets,
    names::FilePath,
    serve::{Conditions, Kept, Serving},
};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, IfMatch, IfNoneMatch, ValidQuery},
};

/// How to give a file out.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DownloadQuery {
    /// Whether browsers are to save it whatever its type.
    #[serde(default)]
    #[param(default = false)]
    pub(super) download: bool,
}

/// Read a file
///
/// Ranges (one or several), conditions and HEAD as RFC 9110 has them; the ETag is the SHA-256 of the
/// octets. Whatever a browser could run is to be saved, never shown. Somebody else's file is a 404
/// without `storage:read_all`.
#[utoipa::path(
    operation_id = "get_file",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(
        FilePath, DownloadQuery, IfMatch, IfNoneMatch,
        ("Range" = Option<String>, Header, description = "Only these octets, such as `bytes=0-1023`.", pattern = "^bytes=[0-9]*-[0-9]*$"),
    ),
    responses(
        (status = 200, description = "The file.", body = Octets, content_type = "application/octet-stream", headers(
            ("ETag" = String, description = "SHA-256 of the octets."),
            ("Content-Disposition" = String, description = "Whether to save it, and what to call it."),
        )),
        (status = 206, description = "A part of the file, or several as `multipart/byteranges`.", body = Octets, content_type = "application/octet-stream", headers(
            ("Content-Range" = String, description = "Which part."),
        )),
        (status = 304, description = "The client has it already."),
        (status = 307, description = "The object store gives it out; only if this server is set up so.", headers(
            ("Location" = String, description = "Where, for a few minutes."),
        )),
        (status = 409, description = "FILE_QUARANTINED", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "RANGE_NOT_SATISFIABLE", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/buckets/{bucket}/files/{key:.*}")]
pub(super) async fn get_file(
    storage: Data<StorageService>,
    caller: AnyCaller,
    (path, request): (FilePath, HttpRequest),
    conditions: (IfMatch, IfNoneMatch),
    query: ValidQuery<DownloadQuery>,
) -> Result<HttpResponse, ApiError> {
    let file = storage.get_file(&caller, &path.bucket, &path.key).await?;
    let conditions: Conditions = conditions;
    let serving = Serving {
        storage: storage.into_inner(),
        bucket: path.bucket,
        file,
        attachment: query.0.download,
        kept: Kept::Private,
    };
    serving.answer(&request, &conditions).await
}
