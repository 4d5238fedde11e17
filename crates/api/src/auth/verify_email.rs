//! `POST /auth/verify-email` and `/auth/verify-email/resend`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;

use super::mailed_bodies::{EmailBody, TokenOnlyBody};
use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// Verify a mail address
///
/// Uses the link of a mail. Where registration asks for a verified address, the account begins.
#[utoipa::path(
    operation_id = "verify_email",
    tag = "auth",
    request_body = TokenOnlyBody,
    responses(
        (status = 204, description = "The address is verified."),
        (status = 403, description = "LINK_INVALID", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "EMAIL_TAKEN, USERNAME_TAKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/verify-email")]
pub(super) async fn verify_email(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<TokenOnlyBody>,
) -> Result<HttpResponse, ApiError> {
    auth.verify_email(&body.0.token, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Send the link again
///
/// Always answers the same, whoever's address it is. Earlier links stop working.
#[utoipa::path(
    operation_id = "resend_verification",
    tag = "auth",
    request_body = EmailBody,
    responses(
        (status = 202, description = "If there is such an account to be verified, a mail is on its way."),
    ),
)]
#[post("/verify-email/resend")]
pub(super) async fn resend_verification(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<EmailBody>,
) -> Result<HttpResponse, ApiError> {
    auth.resend_verification(&body.0.parse()?, &origin.0).await?;
    Ok(HttpResponse::Accepted().finish())
}
