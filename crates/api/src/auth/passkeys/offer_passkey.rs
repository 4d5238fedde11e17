//! `POST /auth/passkeys/login/options`, `/second-factor/options` and `/reauthenticate/options`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::offer_body::RequestOptionsBody;
use crate::{
    auth::{rate_limit, token_body::secret},
    error::{ApiError, Problem},
    extract::{Caller, RequestOrigin, ValidJson},
};

/// A login that waits for its second step.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondFactorOptionsBody {
    /// From the first step.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "the token of this login")]
    mfa_token: String,
}

/// Ask for a passkey to log in with
///
/// Options for `navigator.credentials.get()`. They are the same for everybody.
#[utoipa::path(
    operation_id = "offer_passkey_login",
    tag = "passkeys",
    responses(
        (status = 200, description = "Options for the browser.", body = RequestOptionsBody),
        (status = 429, description = "TOO_MANY_REQUESTS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/login/options")]
pub(super) async fn offer_passkey_login(
    auth: Data<AuthService>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let offer = auth.offer_passkey_login(&origin.0).await;
    let answer = offer.map(|offer| secret(&RequestOptionsBody::from(offer)));
    let left = auth.passkey_quota(&origin.0).await;
    rate_limit::tell(left, answer.map_err(ApiError::from))
}

/// Ask for a passkey as second factor
///
/// Options for `navigator.credentials.get()`; its answer goes to `/auth/mfa/verify`. Counts as
/// one of the login's ten tries.
#[utoipa::path(
    operation_id = "offer_passkey_as_second_factor",
    tag = "passkeys",
    request_body = SecondFactorOptionsBody,
    responses(
        (status = 200, description = "Options for the browser.", body = RequestOptionsBody),
        (status = 401, description = "INVALID_MFA_TOKEN", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "MFA_NOT_ENABLED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/second-factor/options")]
pub(super) async fn offer_passkey_as_second_factor(
    auth: Data<AuthService>,
    body: ValidJson<SecondFactorOptionsBody>,
) -> Result<HttpResponse, ApiError> {
    let offer = auth.offer_passkey_as_second_factor(&body.0.mfa_token).await?;
    Ok(secret(&RequestOptionsBody::from(offer)))
}

/// Ask for a passkey to prove again who you are
///
/// Options for `navigator.credentials.get()`; its answer goes to `/auth/reauthenticate`.
#[utoipa::path(
    operation_id = "offer_passkey_to_reauthenticate",
    tag = "passkeys",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Options for the browser.", body = RequestOptionsBody),
        (status = 409, description = "MFA_NOT_ENABLED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/reauthenticate/options")]
pub(super) async fn offer_passkey_to_reauthenticate(
    auth: Data<AuthService>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let offer = auth.offer_passkey_to_reauthenticate(&caller).await?;
    Ok(secret(&RequestOptionsBody::from(offer)))
}
