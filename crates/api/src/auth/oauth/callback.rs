//! `GET` and `POST /auth/oauth/{provider}/callback`.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, get,
    http::header::LOCATION,
    post,
    web::{Bytes, Data, Path},
};
use mainstay_services::auth::{AuthService, OauthOutcome, ProviderAnswer};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    browser,
    outcome_body::{self, OauthOutcomeBody},
};
use crate::{
    error::{ApiError, ErrorCode, Problem},
    extract::{RequestOrigin, ValidQuery},
};

/// What a provider sends; it may send more.
#[derive(Deserialize, Validate, ToSchema)]
pub(super) struct CallbackForm {
    /// Which login it is about.
    #[validate(length(max = 512))]
    #[schema(max_length = 512)]
    state: Option<String>,
    /// What can be redeemed.
    #[validate(length(max = 8192))]
    #[schema(max_length = 8192)]
    code: Option<String>,
    /// Why there is no code.
    #[validate(length(max = 2048))]
    #[schema(max_length = 2048)]
    error: Option<String>,
    /// Who sent it (RFC 9207).
    #[validate(length(max = 512))]
    #[schema(max_length = 512)]
    iss: Option<String>,
}

/// Come back from a provider
///
/// Where providers send browsers. Leads to the `redirect_uri` that the login began with, or
/// answers like the exchange if it began without one.
#[utoipa::path(
    operation_id = "oauth_callback",
    tag = "auth",
    params(
        ("provider" = String, Path, description = "The provider's name.", example = "google"),
        ("state" = Option<String>, Query, description = "Which login it is about.", max_length = 512),
        ("code" = Option<String>, Query, description = "What can be redeemed.", max_length = 8192),
        ("error" = Option<String>, Query, description = "Why there is no code.", max_length = 2048),
        ("iss" = Option<String>, Query, description = "Who sent it (RFC 9207).", max_length = 512),
    ),
    responses(
        (status = 200, description = "What came of it, if the login began without a redirect URI.", body = OauthOutcomeBody),
        (status = 303, description = "To the front end, with `code` or `error`.", headers(("Location" = String, description = "The redirect URI."))),
        (status = 401, description = "UNAUTHENTICATED: whoever wanted to link has logged out.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "OAUTH_STATE_INVALID, OAUTH_DENIED, OAUTH_ANSWER_INVALID, PROVIDER_EMAIL_UNVERIFIED, REGISTRATION_CLOSED, ACCOUNT_DISABLED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "IDENTITY_TAKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/oauth/{provider}/callback")]
pub(super) async fn oauth_callback(
    auth: Data<AuthService>,
    provider: Path<String>,
    origin: RequestOrigin,
    query: ValidQuery<CallbackForm>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    finish(&auth, &provider, &origin, query.0, &request).await
}

/// Come back from a provider that sends a form
///
/// As `GET`, for providers whose answers are sent by `response_mode=form_post`.
#[utoipa::path(
    operation_id = "oauth_callback_form",
    tag = "auth",
    params(("provider" = String, Path, description = "The provider's name.", example = "apple")),
    request_body(content = CallbackForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What came of it, if the login began without a redirect URI.", body = OauthOutcomeBody),
        (status = 303, description = "To the front end, with `code` or `error`.", headers(("Location" = String, description = "The redirect URI."))),
        (status = 401, description = "UNAUTHENTICATED: whoever wanted to link has logged out.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "OAUTH_STATE_INVALID, OAUTH_DENIED, OAUTH_ANSWER_INVALID, PROVIDER_EMAIL_UNVERIFIED, REGISTRATION_CLOSED, ACCOUNT_DISABLED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "IDENTITY_TAKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/oauth/{provider}/callback")]
pub(super) async fn oauth_callback_form(
    auth: Data<AuthService>,
    provider: Path<String>,
    origin: RequestOrigin,
    body: Bytes,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let form = request.content_type() == "application/x-www-form-urlencoded";
    if !form {
        return Err(ApiError::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE).detail("The body must be a form."));
    }
    let text = String::from_utf8_lossy(&body);
    let form = crate::extract::parse_form(&text)?;
    finish(&auth, &provider, &origin, form, &request).await
}

async fn finish(
    auth: &AuthService,
    provider: &str,
    origin: &RequestOrigin,
    form: CallbackForm,
    request: &HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let posts_back = auth.oauth_posts_back(provider)?;
    let answer = ProviderAnswer {
        state: form.state.unwrap_or_default(),
        // What the provider says in words is not repeated: it could say anything.
        code: form.code.filter(|_| form.error.is_none()),
        issuer: form.iss,
    };
    let known = browser::known(request, posts_back);
    let done = auth
        .oauth_callback(provider, answer, known.as_deref(), &origin.0)
        .await?;
    let result = done.result.map_err(ApiError::from);
    match (done.redirect_uri, result) {
        (None, result) => Ok(outcome_body::answer(result?, None)),
        (Some(uri), Ok(OauthOutcome::Code(code))) => Ok(lead(&uri, ("code", &code.code))),
        // With a redirect URI nothing else comes before the exchange.
        (Some(_), Ok(other)) => Ok(outcome_body::answer(other, None)),
        (Some(uri), Err(error)) => Ok(lead(&uri, ("error", error.code().as_str()))),
    }
}

/// To the front end. Name and value are letters, digits, `-` and `_`.
fn lead(uri: &str, (name, value): (&str, &str)) -> HttpResponse {
    let sign = if uri.contains('?') { '&' } else { '?' };
    HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("{uri}{sign}{name}={value}")))
        .finish()
}
