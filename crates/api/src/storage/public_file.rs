//! `GET /storage/public/{bucket}/{key}`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use mainstay_services::storage::StorageService;

use super::{
    file_body::Octets,
    get_file::DownloadQuery,
    names::FilePath,
    serve::{Kept, Serving},
};
use crate::{
    error::{ApiError, Problem},
    extract::{IfMatch, IfNoneMatch, ValidQuery},
};

/// Read a file of a public bucket
///
/// For everybody, without logging in. A file of any other bucket is a 404.
#[utoipa::path(
    operation_id = "get_public_file",
    tag = "files",
    params(
        FilePath, DownloadQuery, IfMatch, IfNoneMatch,
        ("Range" = Option<String>, Header, description = "Only these octets, such as `bytes=0-1023`.", pattern = "^bytes=[0-9]*-[0-9]*$"),
    ),
    responses(
        (status = 200, description = "The file.", body = Octets, content_type = "application/octet-stream"),
        (status = 206, description = "A part of the file.", body = Octets, content_type = "application/octet-stream"),
        (status = 304, description = "The client has it already."),
        (status = 307, description = "The object store gives it out; only if this server is set up so.", headers(
            ("Location" = String, description = "Where, for a few minutes."),
        )),
        (status = 409, description = "FILE_QUARANTINED", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "RANGE_NOT_SATISFIABLE", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/public/{bucket}/{key:.*}")]
pub(super) async fn get_public_file(
    storage: Data<StorageService>,
    (path, request): (FilePath, HttpRequest),
    conditions: (IfMatch, IfNoneMatch),
    query: ValidQuery<DownloadQuery>,
) -> Result<HttpResponse, ApiError> {
    let file = storage.get_public_file(&path.bucket, &path.key).await?;
    let serving = Serving {
        storage: storage.into_inner(),
        bucket: path.bucket,
        file,
        attachment: query.0.download,
        kept: Kept::Public,
    };
    serving.answer(&request, &conditions).await
}
