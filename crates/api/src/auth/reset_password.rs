//! `POST /auth/reset-password`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;

use super::mailed_bodies::{NewPasswordBody, about_new_password};
use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// Choose a new password with a link
///
/// Ends every session of the account. Second factors stay as they are, and nobody is logged in.
#[utoipa::path(
    operation_id = "reset_password",
    tag = "auth",
    request_body = NewPasswordBody,
    responses(
        (status = 204, description = "The password is replaced."),
        (status = 403, description = "LINK_INVALID", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/reset-password")]
pub(super) async fn reset_password(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<NewPasswordBody>,
) -> Result<HttpResponse, ApiError> {
    let password = body.0.parse()?;
    auth.reset_password(&body.0.token, &password, &origin.0)
        .await
        .map_err(about_new_password)?;
    Ok(HttpResponse::NoContent().finish())
}
