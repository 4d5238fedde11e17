//! `POST /auth/forgot-password`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;

use super::mailed_bodies::EmailBody;
use crate::{
    error::ApiError,
    extract::{RequestOrigin, ValidJson},
};

/// Ask for a link to choose a new password
///
/// Always answers the same, whoever's address it is. Earlier links stop working.
#[utoipa::path(
    operation_id = "forgot_password",
    tag = "auth",
    request_body = EmailBody,
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way."),
    ),
)]
#[post("/forgot-password")]
pub(super) async fn forgot_password(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<EmailBody>,
) -> Result<HttpResponse, ApiError> {
    auth.forgot_password(&body.0.parse()?, &origin.0).await?;
    Ok(HttpResponse::Accepted().finish())
}
