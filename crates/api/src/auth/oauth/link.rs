//! `POST /auth/oauth/{provider}/link`.

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Path},
};
use mainstay_services::auth::{AuthService, OauthRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{authorize::binding, browser};
use crate::{
    auth::token_body::{secret, whole_seconds},
    error::ApiError,
    extract::{RecentCaller, RequestOrigin, ValidJson},
};

/// Where and how linking is to end.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkBody {
    /// Where the front end gets its code; exactly one of the addresses the operator listed.
    #[validate(length(min = 1, max = 2048))]
    #[schema(
        nullable = false,
        max_length = 2048,
        example = "https://app.example.com/linked"
    )]
    redirect_uri: Option<String>,
    /// BASE64URL(SHA-256) of a secret that comes with the exchange as `verifier`, instead of a
    /// cookie.
    #[validate(length(min = 43, max = 43))]
    #[schema(nullable = false, pattern = "^[A-Za-z0-9_-]{43}$")]
    browser_binding: Option<String>,
}

/// Where the browser is to go.
#[derive(Serialize, ToSchema)]
#[schema(as = LinkingBegun)]
struct BegunBody {
    /// Where the provider asks who one is.
    #[schema(example = "https://accounts.google.com/o/oauth2/v2/auth?…")]
    authorization_url: String,
    /// How long one may take, in seconds.
    #[schema(example = 600)]
    expires_in: i64,
}

/// Link an identity at another provider
///
/// Begins to link; send the browser to `authorization_url`. It ends as a login at the provider
/// ends, at `redirect_uri` and with the exchange. The session must last until then.
#[utoipa::path(
    operation_id = "oauth_link",
    tag = "auth",
    security(("bearer" = [])),
    params(("provider" = String, Path, description = "The provider's name.", example = "google")),
    request_body = LinkBody,
    responses((status = 200, description = "Where the browser is to go.", body = BegunBody)),
)]
#[post("/oauth/{provider}/link")]
pub(super) async fn oauth_link(
    auth: Data<AuthService>,
    caller: RecentCaller,
    provider: Path<String>,
    body: ValidJson<LinkBody>,
    (origin, request): (RequestOrigin, HttpRequest),
) -> Result<HttpResponse, ApiError> {
    let posts_back = auth.oauth_posts_back(&provider)?;
    let wanted = OauthRequest {
        provider: provider.into_inner(),
        redirect_uri: body.0.redirect_uri,
        binding: binding(body.0.browser_binding, browser::known(&request, posts_back))?,
    };
    let begun = auth.oauth_link(&caller, wanted, &origin.0).await?;
    let answer = BegunBody {
        authorization_url: begun.url.clone(),
        expires_in: whole_seconds(begun.expires_in),
    };
    Ok(browser::remember(secret(&answer), &begun, posts_back))
}
