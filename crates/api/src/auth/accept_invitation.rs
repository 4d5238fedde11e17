//! `POST /auth/accept-invitation`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;

use super::mailed_bodies::{NewPasswordBody, about_new_password};
use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// Take up an account
///
/// Sets the first password of an account that an administrator made; it can log in afterwards.
#[utoipa::path(
    operation_id = "accept_invitation",
    tag = "auth",
    request_body = NewPasswordBody,
    responses(
        (status = 204, description = "The account is active."),
        (status = 403, description = "LINK_INVALID", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/accept-invitation")]
pub(super) async fn accept_invitation(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<NewPasswordBody>,
) -> Result<HttpResponse, ApiError> {
    let password = body.0.parse()?;
    auth.accept_invitation(&body.0.token, &password, &origin.0)
        .await
        .map_err(about_new_password)?;
    Ok(HttpResponse::NoContent().finish())
}
