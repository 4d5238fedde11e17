//! `POST /auth/change-password`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::Password;
use mainstay_services::auth::{AuthError, AuthService, ChangePassword};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::rate_limit;
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{RecentCaller, RequestOrigin, ValidJson},
};

/// The old and the new password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePasswordBody {
    /// What it is.
    #[validate(length(min = 1, max = 4096))]
    #[schema(
        format = "password",
        min_length = 1,
        max_length = 4096,
        example = "correct horse battery staple"
    )]
    current_password: String,
    /// What it shall be: 8 to 128 characters, not easy to guess.
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "an even better one, honestly"
    )]
    new_password: String,
}

/// Change password
///
/// Ends every other session of the caller.
#[utoipa::path(
    operation_id = "change_password",
    tag = "auth",
    security(("bearer" = [])),
    request_body = ChangePasswordBody,
    responses(
        (status = 204, description = "The password was changed."),
        (status = 403, description = "WRONG_PASSWORD, REAUTHENTICATION_REQUIRED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/change-password")]
pub(super) async fn change_password(
    auth: Data<AuthService>,
    caller: RecentCaller,
    origin: RequestOrigin,
    body: ValidJson<ChangePasswordBody>,
) -> Result<HttpResponse, ApiError> {
    let mut errors = FieldErrors::new();
    let current = errors.check("current_password", Password::attempt(&body.0.current_password));
    let new = errors.check("new_password", Password::parse(&body.0.new_password));
    let (Some(current), Some(new)) = (current, new) else {
        return Err(errors.into());
    };
    let change = ChangePassword { current, new };
    let answer = match auth.change_password(&caller, change, &origin.0).await {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(AuthError::WeakPassword(why)) => Err(ApiError::invalid("new_password", &why)),
        Err(error) => Err(error.into()),
    };
    rate_limit::tell(auth.proof_quota(&caller, &origin.0).await, answer)
}
