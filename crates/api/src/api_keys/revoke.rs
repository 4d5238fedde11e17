//! `DELETE /auth/api-keys/{id}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_domain::ApiKeyId;
use mainstay_services::api_keys::ApiKeyService;

use crate::{
    error::ApiError,
    extract::{Caller, IdPath, RequestOrigin},
};

/// End one of one's own API keys
///
/// It works no more: on this instance at once, on others within a second.
#[utoipa::path(
    operation_id = "revoke_api_key",
    tag = "api-keys",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    responses((status = 204, description = "The key has ended.")),
)]
#[delete("/{id}")]
pub(super) async fn revoke_api_key(
    keys: Data<ApiKeyService>,
    caller: Caller,
    id: IdPath<ApiKeyId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    keys.revoke(&caller, id.0, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
