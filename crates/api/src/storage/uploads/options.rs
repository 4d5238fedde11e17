//! `OPTIONS /storage/uploads`.

use actix_web::{HttpResponse, http::header::HeaderName, options, web::Data};
use mainstay_services::storage::StorageService;

use super::protocol::{TUS_VERSION, VERSION, tus};
use crate::error::ApiError;

const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");

/// Which resumable uploads there are
///
/// What of tus 1.0 is offered, for clients that ask.
#[utoipa::path(
    operation_id = "get_upload_options",
    tag = "files",
    responses((status = 204, description = "What is offered.", headers(
        ("Tus-Resumable" = String, description = "1.0.0"),
        ("Tus-Version" = String, description = "1.0.0"),
        ("Tus-Extension" = String, description = "Extensions of the protocol."),
        ("Tus-Max-Size" = i64, description = "The most octets that a file may have."),
        ("Tus-Checksum-Algorithm" = String, description = "What Upload-Checksum may be."),
    ))),
)]
#[options("/uploads")]
pub(super) async fn get_upload_options(storage: Data<StorageService>) -> Result<HttpResponse, ApiError> {
    let extensions = "creation,creation-with-upload,expiration,checksum,termination";
    tus(Ok(HttpResponse::NoContent()
        .insert_header((TUS_VERSION, VERSION))
        .insert_header((TUS_EXTENSION, extensions))
        .insert_header((TUS_MAX_SIZE, storage.max_file_size()))
        .insert_header((TUS_CHECKSUM_ALGORITHM, "sha1,sha256"))
        .finish()))
}
