//! `POST /auth/code`, `/auth/code/verify` and `/auth/sign-in-link`: signing in by mail.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::Email;
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    delivery::Delivery,
    mailed_bodies::{EmailBody, TokenOnlyBody},
    sign_in_body::{self, SignInBody},
};
use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// The code of a mail, and the address it was sent to.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeBody {
    /// Mail address.
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ada@example.com")]
    email: String,
    /// The six digits of the mail.
    #[validate(length(min = 1, max = 32))]
    #[schema(min_length = 1, max_length = 32, example = "123456")]
    code: String,
}

/// Ask for a link and a code to sign in with
///
/// Always answers the same, whoever's address it is. Earlier codes stop working.
#[utoipa::path(
    operation_id = "request_code",
    tag = "auth",
    request_body = EmailBody,
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way."),
        (status = 403, description = "MAIL_SIGN_IN_OFF", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/code")]
pub(super) async fn request_code(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<EmailBody>,
) -> Result<HttpResponse, ApiError> {
    auth.request_code(&body.0.parse()?, &origin.0).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Sign in with a code
///
/// Opens a session, or asks for a second factor. A code works once and takes five guesses.
#[utoipa::path(
    operation_id = "sign_in_by_code",
    tag = "auth",
    request_body = CodeBody,
    params(("X-Auth-Mode" = Option<String>, Header, description = "`cookie` puts the refresh token into a cookie instead of the body, where the server allows it.", pattern = "^(body|cookie)$", example = "body")),
    responses(
        (status = 200, description = "Tokens of the new session, or the question for a second factor.", body = SignInBody),
        (status = 401, description = "CODE_INVALID", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "ACCOUNT_DISABLED, CROSS_SITE_REQUEST, LINK_INVALID, MAIL_SIGN_IN_OFF", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/code/verify")]
pub(super) async fn sign_in_by_code(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    delivery: Delivery,
    body: ValidJson<CodeBody>,
) -> Result<HttpResponse, ApiError> {
    let email = Email::parse(&body.0.email).map_err(|why| ApiError::invalid("email", &why))?;
    let code = body.0.code.trim();
    let outcome = auth.sign_in_by_code(&email, code, &origin.0).await?;
    Ok(sign_in_body::answer(outcome, &delivery))
}

/// Sign in with a link
///
/// Opens a session, or asks for a second factor. A link works once.
#[utoipa::path(
    operation_id = "sign_in_by_link",
    tag = "auth",
    request_body = TokenOnlyBody,
    params(("X-Auth-Mode" = Option<String>, Header, description = "`cookie` puts the refresh token into a cookie instead of the body, where the server allows it.", pattern = "^(body|cookie)$", example = "body")),
    responses(
        (status = 200, description = "Tokens of the new session, or the question for a second factor.", body = SignInBody),
        (status = 403, description = "ACCOUNT_DISABLED, CROSS_SITE_REQUEST, LINK_INVALID, MAIL_SIGN_IN_OFF", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/sign-in-link")]
pub(super) async fn sign_in_by_link(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    delivery: Delivery,
    body: ValidJson<TokenOnlyBody>,
) -> Result<HttpResponse, ApiError> {
    let outcome = auth.sign_in_by_link(&body.0.token, &origin.0).await?;
    Ok(sign_in_body::answer(outcome, &delivery))
}
