//! `DELETE /storage/buckets/{bucket}/direct-uploads/{id}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_domain::UploadId;
use mainstay_services::storage::StorageService;

use crate::{
    error::ApiError,
    extract::{AnyCaller, IdPath},
    storage::names::BucketPath,
};

/// Give up a direct upload
///
/// What was sent is removed. The file of an upload that was completed stays.
#[utoipa::path(
    operation_id = "delete_direct_upload",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, IdPath<UploadId>),
    responses((status = 204, description = "The upload is gone.")),
)]
#[delete("/buckets/{bucket}/direct-uploads/{id}")]
pub(super) async fn delete_direct_upload(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    id: IdPath<UploadId>,
) -> Result<HttpResponse, ApiError> {
    storage.delete_direct_upload(&caller, (&bucket.0, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
