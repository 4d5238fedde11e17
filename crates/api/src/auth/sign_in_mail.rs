//! `POST /auth/code`, `/auth/code/verify` and `/auth/sign-in-link`: signing in by mail.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    post,
    web::Data,
};
use mainstay_domain::Email;
use mainstay_services::auth::{AuthService, EnteredCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    delivery::Delivery,
    mailed_bodies::{EmailBody, TokenOnlyBody},
    sign_in_body::{self, SignInBody},
    token_body::whole_seconds,
};
use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// The code of a mail, the address it was sent to, and what shows who asked for it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeBody {
    /// Mail address.
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ada@example.com")]
    email: String,
    /// What the answer to the request for this code gave.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "the handle of the request")]
    handle: String,
    /// The six digits of the mail.
    #[validate(length(min = 1, max = 32))]
    #[schema(min_length = 1, max_length = 32, example = "123456")]
    code: String,
}

/// What whoever asked for a code keeps until it arrives.
#[derive(Serialize, ToSchema)]
#[schema(as = AskedCode)]
pub(super) struct AskedCodeBody {
    /// Send it with the code; the code opens nothing without it.
    #[schema(example = "the handle of the request")]
    handle: String,
    /// Life of the code, in seconds.
    #[schema(example = 600)]
    expires_in: i64,
}

/// Ask for a link and a code to sign in with
///
/// Always answers alike, whoever's address it is. Earlier codes stop working. Keep the `handle`
/// where the code will be typed; links need none.
#[utoipa::path(
    operation_id = "request_code",
    tag = "auth",
    request_body = EmailBody,
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way.", body = AskedCodeBody),
        (status = 403, description = "MAIL_SIGN_IN_OFF", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/code")]
pub(super) async fn request_code(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<EmailBody>,
) -> Result<HttpResponse, ApiError> {
    let asked = auth.request_code(&body.0.parse()?, &origin.0).await?;
    Ok(HttpResponse::Accepted()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(AskedCodeBody {
            handle: asked.handle,
            expires_in: whole_seconds(asked.expires_in),
        }))
}

/// Sign in with a code
///
/// Opens a session, or asks for a second factor. A code works once, takes five guesses, and works
/// only together with the `handle` that was given to whoever asked for it.
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
    let entered = EnteredCode {
        email: &email,
        handle: &body.0.handle,
        code: body.0.code.trim(),
    };
    let outcome = auth.sign_in_by_code(&entered, &origin.0).await?;
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
