//! `POST /auth/change-email` and `/auth/change-email/confirm`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::{Email, Password};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::mailed_bodies::TokenOnlyBody;
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{RecentCaller, RequestOrigin, ValidJson},
};

/// The new address, and the password that allows it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeEmailBody {
    /// The address to move to.
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ada@example.org")]
    new_email: String,
    /// The password.
    #[validate(length(min = 1, max = 256))]
    #[schema(
        format = "password",
        min_length = 1,
        max_length = 256,
        example = "correct horse battery staple"
    )]
    current_password: String,
}

/// Ask to move to another address
///
/// A link goes to the new address; the account moves when it is used. Whether the address belongs
/// to somebody is not told.
#[utoipa::path(
    operation_id = "change_email",
    tag = "auth",
    security(("bearer" = [])),
    request_body = ChangeEmailBody,
    responses(
        (status = 202, description = "If the address is free, a link is on its way to it."),
        (status = 403, description = "WRONG_PASSWORD", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/change-email")]
pub(super) async fn change_email(
    auth: Data<AuthService>,
    caller: RecentCaller,
    origin: RequestOrigin,
    body: ValidJson<ChangeEmailBody>,
) -> Result<HttpResponse, ApiError> {
    let mut errors = FieldErrors::new();
    let email = errors.check("new_email", Email::parse(&body.0.new_email));
    let password = errors.check("current_password", Password::attempt(&body.0.current_password));
    let (Some(email), Some(password)) = (email, password) else {
        return Err(errors.into());
    };
    auth.change_email(&caller, (&email, &password), &origin.0).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Move to the new address with a link
///
/// The old address is told.
#[utoipa::path(
    operation_id = "confirm_change_email",
    tag = "auth",
    request_body = TokenOnlyBody,
    responses(
        (status = 204, description = "The account has the new address."),
        (status = 403, description = "LINK_INVALID", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "EMAIL_TAKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/change-email/confirm")]
pub(super) async fn confirm_change_email(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<TokenOnlyBody>,
) -> Result<HttpResponse, ApiError> {
    auth.confirm_change_email(&body.0.token, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
