//! `GET /auth/api-keys` and `GET /auth/api-keys/{id}`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::ApiKeyId;
use mainstay_services::api_keys::ApiKeyService;

use super::api_key_body::ApiKeyBody;
use crate::{
    error::ApiError,
    extract::{Caller, IdPath, ListBody, ListQuery, NoFilter, PageParams},
};

/// List own API keys
///
/// Newest first, expired ones included. The keys themselves are never shown again.
#[utoipa::path(
    operation_id = "list_api_keys",
    tag = "api-keys",
    security(("bearer" = [])),
    params(PageParams),
    responses((status = 200, description = "A page of keys.", body = ListBody<ApiKeyBody>)),
)]
#[get("")]
pub(super) async fn list_api_keys(
    keys: Data<ApiKeyService>,
    caller: Caller,
    query: ListQuery<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = keys.list(&caller, &query.page).await?;
    Ok(query.respond(page, ApiKeyBody::from))
}

/// Read one of one's own API keys
#[utoipa::path(
    operation_id = "get_api_key",
    tag = "api-keys",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    responses((status = 200, description = "The key.", body = ApiKeyBody)),
)]
#[get("/{id}")]
pub(super) async fn get_api_key(
    keys: Data<ApiKeyService>,
    caller: Caller,
    id: IdPath<ApiKeyId>,
) -> Result<HttpResponse, ApiError> {
    let key = keys.get(&caller, id.0).await?;
    Ok(HttpResponse::Ok().json(ApiKeyBody::from(key)))
}
