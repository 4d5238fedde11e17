//! `POST /auth/api-keys`.

use actix_web::{HttpResponse, http::header::LOCATION, post, web::Data};
use chrono::{DateTime, Utc};
use mainstay_domain::{ApiKeyName, Permission, PermissionSet};
use mainstay_services::api_keys::{ApiKeyService, NewApiKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::api_key_body::ApiKeyBody;
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{RecentCaller, RequestOrigin, ValidJson},
};

/// A new API key.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateApiKeyBody {
    /// What to call it.
    #[schema(min_length = 1, max_length = 100, example = "nightly report")]
    name: String,
    /// The most it may ever do: names of permissions that the caller holds. With none it can
    /// only tell whose it is.
    #[validate(length(max = 100))]
    #[schema(max_items = 100, example = json!(["users:read"]))]
    scopes: Vec<String>,
    /// Requests a minute; the server's own limit if left out.
    #[serde(default)]
    #[validate(range(min = 1))]
    #[schema(required = false, minimum = 1, example = 60)]
    rate_limit: Option<i32>,
    /// When it stops working; if left out, as late as this server allows.
    #[serde(default)]
    #[schema(required = false, example = json!(null))]
    expires_at: Option<DateTime<Utc>>,
}

impl CreateApiKeyBody {
    fn parse(&self) -> Result<NewApiKey, ApiError> {
        let mut errors = FieldErrors::new();
        let name = errors.check("name", ApiKeyName::parse(&self.name));
        let scopes: PermissionSet = self
            .scopes
            .iter()
            .filter_map(|scope| errors.check("scopes", Permission::parse(scope)))
            .collect();
        match name {
            Some(name) if errors.is_empty() => Ok(NewApiKey {
                name,
                scopes,
                rate_limit: self.rate_limit,
                expires_at: self.expires_at,
            }),
            _ => Err(errors.into()),
        }
    }
}

/// An API key that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedApiKey)]
pub(super) struct CreatedApiKeyBody {
    /// The key itself: this is the only time it is shown.
    #[schema(example = "mst_ak_<id>_<secret>")]
    key: String,
    #[serde(flatten)]
    api_key: ApiKeyBody,
}

/// Create an API key
///
/// Only for people who proved lately who they are; a key cannot make keys. The key is shown once, in this
/// answer, and sent as `Authorization: Bearer` or `X-API-Key` from then on. What it may do is
/// what its scopes and its owner's permissions have in common at the time it is used.
#[utoipa::path(
    operation_id = "create_api_key",
    tag = "api-keys",
    security(("bearer" = [])),
    request_body = CreateApiKeyBody,
    responses(
        (status = 201, description = "The key.", body = CreatedApiKeyBody, headers(("Location" = String, description = "Where the key is."))),
        (status = 403, description = "REAUTHENTICATION_REQUIRED, SESSION_REQUIRED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "API_KEY_LIMIT", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("")]
pub(super) async fn create_api_key(
    keys: Data<ApiKeyService>,
    caller: RecentCaller,
    origin: RequestOrigin,
    body: ValidJson<CreateApiKeyBody>,
) -> Result<HttpResponse, ApiError> {
    let made = keys.create(&caller, body.0.parse()?, &origin.0).await?;
    let location = format!("/api/v1/auth/api-keys/{}", made.key.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(CreatedApiKeyBody {
            key: made.secret,
            api_key: made.key.into(),
        }))
}
