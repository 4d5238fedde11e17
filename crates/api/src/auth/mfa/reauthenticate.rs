//! `POST /auth/reauthenticate`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::Password;
use mainstay_services::auth::{AuthService, Reauthenticate};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::proof_body::{self, Method};
use crate::{
    auth::{passkeys::AssertionBody, rate_limit},
    error::{ApiError, ErrorCode, Problem},
    extract::{Caller, RequestOrigin, ValidJson},
};

/// Proof of who one is: the password, a second factor, or both.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::auth) struct ReauthenticateBody {
    /// The password; enough for an account without second factors.
    #[validate(length(min = 1, max = 256))]
    #[schema(
        format = "password",
        min_length = 1,
        max_length = 256,
        example = "correct horse battery staple"
    )]
    password: Option<String>,
    /// Which second factor is proved; needed by an account that has one.
    method: Option<Method>,
    /// For `totp` and `recovery_code`: the code.
    #[validate(length(max = 64))]
    #[schema(max_length = 64, example = "123456")]
    code: Option<String>,
    /// For `passkey`: what `navigator.credentials.get()` answered.
    passkey: Option<AssertionBody>,
}

impl ReauthenticateBody {
    fn parse(&self) -> Result<Reauthenticate, ApiError> {
        let password = self.password.as_deref().map(Password::attempt).transpose();
        let password = password.map_err(|why| ApiError::invalid("password", &why))?;
        let second_factor = match self.method {
            Some(method) => Some(proof_body::parse(
                method,
                self.code.as_deref(),
                self.passkey.as_ref(),
            )?),
            None if self.code.is_some() || self.passkey.is_some() => {
                return Err(proof_body::missing("method"));
            }
            None => None,
        };
        if password.is_none() && second_factor.is_none() {
            let nothing = ApiError::new(ErrorCode::VALIDATION_FAILED);
            return Err(nothing.field(
                "password",
                "REQUIRED",
                "is required unless a second factor is proved",
            ));
        }
        Ok(Reauthenticate {
            password,
            second_factor,
        })
    }
}

/// Prove again who you are
///
/// Sensitive operations answer `REAUTHENTICATION_REQUIRED` when the last proof is too old.
/// Afterwards they work for a while in this session.
#[utoipa::path(
    operation_id = "reauthenticate",
    tag = "auth",
    security(("bearer" = [])),
    request_body = ReauthenticateBody,
    responses(
        (status = 204, description = "Sensitive operations work again."),
        (status = 403, description = "WRONG_PASSWORD, WRONG_CODE, PASSKEY_REFUSED, SECOND_FACTOR_REQUIRED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/reauthenticate")]
pub(in crate::auth) async fn reauthenticate(
    auth: Data<AuthService>,
    caller: Caller,
    origin: RequestOrigin,
    body: ValidJson<ReauthenticateBody>,
) -> Result<HttpResponse, ApiError> {
    let given = body.0.parse()?;
    let counted = auth.reauthenticate(&caller, given, &origin.0).await;
    let answer = counted.outcome.map(|()| HttpResponse::NoContent().finish());
    rate_limit::tell(counted.left, answer.map_err(ApiError::from))
}
