//! `GET /auth/oauth/providers` and `GET /auth/oauth/{provider}/authorize`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::LOCATION,
    web::{Data, Path},
};
use mainstay_services::auth::{AuthService, BrowserBinding, OauthRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::browser;
use crate::{
    error::{ApiError, ErrorCode, Problem},
    extract::{RequestOrigin, ValidQuery},
};

/// Which providers there are.
#[derive(Serialize, ToSchema)]
#[schema(as = IdentityProviders)]
struct ProvidersBody {
    /// Their names.
    #[schema(example = json!(["github", "google"]))]
    data: Vec<String>,
}

/// Where and how a login is to end.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorizeQuery {
    #[validate(length(min = 1, max = 2048))]
    redirect_uri: Option<String>,
    #[validate(length(min = 43, max = 43))]
    browser_binding: Option<String>,
}

/// List the providers one can sign in with
///
/// Send the browser to `/auth/oauth/{provider}/authorize`.
#[utoipa::path(
    operation_id = "list_identity_providers",
    tag = "auth",
    responses((status = 200, description = "Names of providers.", body = ProvidersBody)),
)]
#[get("/oauth/providers")]
pub(super) async fn list_identity_providers(auth: Data<AuthService>) -> HttpResponse {
    let data = auth.oauth_providers();
    HttpResponse::Ok().json(ProvidersBody { data })
}

/// Sign in with another provider
///
/// For browsers: leads to the provider, which leads back to `…/callback`, which leads to
/// `redirect_uri` with a `code` for `/auth/oauth/exchange`, or with an `error` code. Without a
/// `redirect_uri` the callback answers itself. The login must end in the browser it began in:
/// a cookie sees to that, or, with `browser_binding`, the secret behind it.
#[utoipa::path(
    operation_id = "oauth_authorize",
    tag = "auth",
    params(
        ("provider" = String, Path, description = "The provider's name.", example = "google"),
        ("redirect_uri" = Option<String>, Query, description = "Where the front end gets its code; exactly one of the addresses the operator listed.", max_length = 2048, example = "https://app.example.com/signed-in"),
        ("browser_binding" = Option<String>, Query, description = "BASE64URL(SHA-256) of a secret that comes with the exchange as `verifier`, instead of a cookie.", min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$"),
    ),
    responses(
        (status = 302, description = "To the provider.", headers(("Location" = String, description = "Where the provider asks who one is."))),
        (status = 429, description = "TOO_MANY_REQUESTS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/oauth/{provider}/authorize")]
pub(super) async fn oauth_authorize(
    auth: Data<AuthService>,
    provider: Path<String>,
    origin: RequestOrigin,
    query: ValidQuery<AuthorizeQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let posts_back = auth.oauth_posts_back(&provider)?;
    let AuthorizeQuery {
        redirect_uri,
        browser_binding,
    } = query.0;
    let wanted = OauthRequest {
        provider: provider.into_inner(),
        redirect_uri,
        binding: binding(browser_binding, browser::known(&request, posts_back))?,
    };
    let begun = auth.oauth_authorize(wanted, &origin.0).await?;
    let response = HttpResponse::Found()
        .insert_header((LOCATION, begun.url.as_str()))
        .finish();
    Ok(browser::remember(response, &begun, posts_back))
}

/// By the secret if the client has one, by the cookie otherwise.
pub(super) fn binding(challenge: Option<String>, cookie: Option<String>) -> Result<BrowserBinding, ApiError> {
    let Some(challenge) = challenge else {
        return Ok(BrowserBinding::Cookie(cookie));
    };
    let base64url = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if !challenge.chars().all(base64url) {
        let message = "must be BASE64URL(SHA-256) of a secret";
        return Err(ApiError::new(ErrorCode::VALIDATION_FAILED).field(
            "browser_binding",
            "INVALID_BINDING",
            message,
        ));
    }
    Ok(BrowserBinding::Challenge(challenge))
}
