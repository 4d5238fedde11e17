//! `POST /auth/oauth/exchange`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::outcome_body::{self, OauthOutcomeBody};
use crate::{
    auth::delivery::Delivery,
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// What a front end got at its redirect URI.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeBody {
    /// The code.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "the code of this login")]
    code: String,
    /// The secret behind `browser_binding`, if the login began with one.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256, nullable = false)]
    verifier: Option<String>,
}

/// Exchange a code for tokens
///
/// Finishes a login at another provider. A code works once, for a minute, and is used up by a
/// wrong `verifier`, too.
#[utoipa::path(
    operation_id = "oauth_exchange",
    tag = "auth",
    request_body = ExchangeBody,
    params(
        ("X-Auth-Mode" = Option<String>, Header, description = "`cookie` puts the refresh token into a cookie instead of the body, where the server allows it.", pattern = "^(body|cookie)$", example = "body"),
    ),
    responses(
        (status = 200, description = "Tokens, the question for a second factor, or the identity that was linked.", body = OauthOutcomeBody),
        (status = 401, description = "UNAUTHENTICATED: whoever wanted to link has logged out.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "OAUTH_CODE_INVALID, PROVIDER_EMAIL_UNVERIFIED, REGISTRATION_CLOSED, ACCOUNT_DISABLED, CROSS_SITE_REQUEST", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "IDENTITY_TAKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/oauth/exchange")]
pub(super) async fn oauth_exchange(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    delivery: Delivery,
    body: ValidJson<ExchangeBody>,
) -> Result<HttpResponse, ApiError> {
    let ExchangeBody { code, verifier } = body.0;
    let outcome = auth.oauth_exchange(&code, verifier.as_deref(), &origin.0).await?;
    Ok(outcome_body::answer(outcome, Some(&delivery)))
}
