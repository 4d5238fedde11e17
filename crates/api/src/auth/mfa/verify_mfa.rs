//! `POST /auth/mfa/verify`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::proof_body::{self, Method};
use crate::{
    auth::{
        delivery::Delivery,
        passkeys::AssertionBody,
        rate_limit,
        token_body::{self, TokenBody},
    },
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// The second step of a login.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyMfaBody {
    /// From the first step.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "the token of this login")]
    mfa_token: String,
    /// Which factor is proved.
    method: Method,
    /// For `totp` and `recovery_code`: the code.
    #[validate(length(max = 64))]
    #[schema(max_length = 64, example = "123456")]
    code: Option<String>,
    /// For `passkey`: what `navigator.credentials.get()` answered.
    passkey: Option<AssertionBody>,
}

/// Prove a second factor
///
/// Finishes a login that was answered with `mfa_required`. A wrong code may be corrected, ten
/// times at most; then the login must begin anew.
#[utoipa::path(
    operation_id = "verify_mfa",
    tag = "mfa",
    request_body = VerifyMfaBody,
    params(("X-Auth-Mode" = Option<String>, Header, description = "`cookie` puts the refresh token into a cookie instead of the body, where the server allows it.", pattern = "^(body|cookie)$", example = "body")),
    responses(
        (status = 200, description = "Tokens of the new session.", body = TokenBody),
        (status = 401, description = "INVALID_MFA_TOKEN", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "WRONG_CODE, PASSKEY_REFUSED, ACCOUNT_DISABLED, EMAIL_NOT_VERIFIED, CROSS_SITE_REQUEST", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/verify")]
pub(super) async fn verify_mfa(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    delivery: Delivery,
    body: ValidJson<VerifyMfaBody>,
) -> Result<HttpResponse, ApiError> {
    let proof = proof_body::parse(body.0.method, body.0.code.as_deref(), body.0.passkey.as_ref())?;
    let counted = auth.verify_mfa(&body.0.mfa_token, proof, &origin.0).await;
    let answer = counted.outcome.map(|pair| token_body::answer(pair, &delivery));
    rate_limit::tell(counted.left, answer.map_err(ApiError::from))
}
