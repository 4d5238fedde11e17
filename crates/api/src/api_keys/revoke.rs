//! `DELETE /auth/api-keys/{id}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_domain::ApiKeyId;
use mainstay_services::api_keys::ApiKeyService;

use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, RecentCaller, RequestOrigin},
};

/// End one of one's own API keys
///
/// It works no more: on this instance at once, on others within a second. Only for people who
/// proved lately who they are.
#[utoipa::path(
    operation_id = "revoke_api_key",
    tag = "api-keys",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    responses(
        (status = 204, description = "The key has ended."),
        (status = 403, description = "REAUTHENTICATION_REQUIRED, SESSION_REQUIRED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/{id}")]
pub(super) async fn revoke_api_key(
    keys: Data<ApiKeyService>,
    caller: RecentCaller,
    id: IdPath<ApiKeyId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    keys.revoke(&caller, id.0, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
