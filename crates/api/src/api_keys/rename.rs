//! `PATCH /auth/api-keys/{id}`.

use actix_web::{HttpResponse, patch, web::Data};
use mainstay_domain::{ApiKeyId, ApiKeyName};
use mainstay_services::api_keys::ApiKeyService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::api_key_body::ApiKeyBody;
use crate::{
    error::ApiError,
    extract::{Caller, IdPath, RequestOrigin, ValidJson},
};

/// Another name for an API key.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenameApiKeyBody {
    /// What to call it.
    #[schema(min_length = 1, max_length = 100, example = "weekly report")]
    name: String,
}

/// Rename one of one's own API keys
///
/// Nothing else about a key can be changed: make a new one and end the old one.
#[utoipa::path(
    operation_id = "rename_api_key",
    tag = "api-keys",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    request_body = RenameApiKeyBody,
    responses((status = 200, description = "The key.", body = ApiKeyBody)),
)]
#[patch("/{id}")]
pub(super) async fn rename_api_key(
    keys: Data<ApiKeyService>,
    caller: Caller,
    id: IdPath<ApiKeyId>,
    origin: RequestOrigin,
    body: ValidJson<RenameApiKeyBody>,
) -> Result<HttpResponse, ApiError> {
    let name = ApiKeyName::parse(&body.0.name).map_err(|why| ApiError::invalid("name", &why))?;
    let key = keys.rename(&caller, (id.0, name), &origin.0).await?;
    Ok(HttpResponse::Ok().json(ApiKeyBody::from(key)))
}
