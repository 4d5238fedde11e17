//! `POST /auth/login`.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use mainstay_domain::Password;
use mainstay_services::auth::{AuthService, Login};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    delivery::Delivery,
    rate_limit,
    sign_in_body::{self, SignInBody},
};
use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// Who wants to get in.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginBody {
    /// Mail address or user name.
    #[validate(length(min = 1, max = 254))]
    #[schema(min_length = 1, max_length = 254, example = "ada@example.com")]
    email: String,
    /// Password.
    #[validate(length(min = 1, max = 4096))]
    #[schema(
        format = "password",
        min_length = 1,
        max_length = 4096,
        example = "correct horse battery staple"
    )]
    password: String,
}

/// Log in
///
/// Opens a session. An account with a second factor is answered with `mfa_required` and a token
/// for proving that factor instead. Whether the address is unknown or the password wrong is never told.
#[utoipa::path(
    operation_id = "login",
    tag = "auth",
    request_body = LoginBody,
    params(
        ("X-Auth-Mode" = Option<String>, Header, description = "`cookie` puts the refresh token into a cookie instead of the body, where the server allows it.", pattern = "^(body|cookie)$", example = "body"),
        ("X-Challenge-Solution" = Option<String>, Header, description = "Solves the `challenge` of an earlier refusal: its token, a full stop and what solves it."),
    ),
    responses(
        (status = 200, description = "Tokens of the new session, or the question for a second factor.", body = SignInBody),
        (status = 401, description = "INVALID_CREDENTIALS", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "ACCOUNT_DISABLED, EMAIL_NOT_VERIFIED, CHALLENGE_REQUIRED, CROSS_SITE_REQUEST", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/login")]
pub(super) async fn login(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    delivery: Delivery,
    request: HttpRequest,
    body: ValidJson<LoginBody>,
) -> Result<HttpResponse, ApiError> {
    let password = Password::attempt(&body.0.password).map_err(|why| ApiError::invalid("password", &why))?;
    let login = Login {
        identifier: body.0.email,
        password,
    };
    let identifier = login.identifier.clone();
    let answer = match auth
        .pass_challenge(&identifier, solution(&request), &origin.0)
        .await
    {
        Ok(()) => auth.login(login, &origin.0).await,
        Err(error) => Err(error),
    };
    let left = auth.login_quota(&identifier, &origin.0).await;
    rate_limit::tell(
        left,
        answer
            .map(|outcome| sign_in_body::answer(outcome, &delivery))
            .map_err(ApiError::from),
    )
}

/// What solves the challenge of an earlier refusal.
fn solution(request: &HttpRequest) -> Option<&str> {
    request.headers().get("x-challenge-solution")?.to_str().ok()
}
