//! `POST /auth/passkeys/login`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::AssertionBody;
use crate::{
    auth::{
        delivery::Delivery,
        rate_limit,
        sign_in_body::{self, SignInBody},
    },
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// A login with a passkey.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyLoginBody {
    /// What `navigator.credentials.get()` answered.
    passkey: AssertionBody,
}

/// Log in with a passkey
///
/// No password and no further factor: the authenticator must have verified its user.
#[utoipa::path(
    operation_id = "login_with_passkey",
    tag = "passkeys",
    request_body = PasskeyLoginBody,
    params(("X-Auth-Mode" = Option<String>, Header, description = "`cookie` puts the refresh token into a cookie instead of the body, where the server allows it.", pattern = "^(body|cookie)$", example = "body")),
    responses(
        (status = 200, description = "Tokens of the new session.", body = SignInBody),
        (status = 403, description = "PASSKEY_REFUSED, ACCOUNT_DISABLED, EMAIL_NOT_VERIFIED, CROSS_SITE_REQUEST", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/login")]
pub(super) async fn login_with_passkey(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    delivery: Delivery,
    body: ValidJson<PasskeyLoginBody>,
) -> Result<HttpResponse, ApiError> {
    let response = body.0.passkey.parse()?;
    let outcome = auth.login_with_passkey(&response, &origin.0).await;
    let answer = outcome.map(|outcome| sign_in_body::answer(outcome, &delivery));
    let left = auth.address_quota(&origin.0).await;
    rate_limit::tell(left, answer.map_err(ApiError::from))
}
