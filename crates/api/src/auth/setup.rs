//! `POST /auth/setup`: the first administrator.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::{Email, Password, Username};
use mainstay_services::auth::{AuthService, NewAdmin};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::rate_limit;
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{RequestOrigin, ValidJson},
    users::{UserBody, user_etag},
};

/// The first administrator.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupBody {
    /// From the link on the console.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "the token of the link")]
    token: String,
    /// Mail address.
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "admin@example.com")]
    email: String,
    /// 8 to 128 characters; must not be easy to guess.
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "correct horse battery staple"
    )]
    password: String,
    /// Name to log in with instead of the address.
    #[schema(
        min_length = 3,
        max_length = 32,
        pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        example = "admin"
    )]
    username: Option<String>,
}

impl SetupBody {
    fn parse(&self) -> Result<NewAdmin, ApiError> {
        let mut errors = FieldErrors::new();
        let email = errors.check("email", Email::parse(&self.email));
        let password = errors.check("password", Password::parse(&self.password));
        let username = errors.check_optional("username", self.username.as_deref(), Username::parse);
        match (email, password, username) {
            (Some(email), Some(password), Some(username)) => Ok(NewAdmin {
                email,
                password,
                username,
            }),
            _ => Err(errors.into()),
        }
    }
}

/// Make the first administrator
///
/// Works once, with the token of the link that the server printed on its console.
#[utoipa::path(
    operation_id = "create_first_admin",
    tag = "auth",
    request_body = SetupBody,
    responses(
        (status = 201, description = "The administrator.", body = UserBody, headers(("Location" = String, description = "Where the account is."), ("ETag" = String, description = "Its version."))),
        (status = 403, description = "SETUP_LINK_INVALID", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "EMAIL_TAKEN, USERNAME_TAKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/setup")]
pub(super) async fn create_first_admin(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<SetupBody>,
) -> Result<HttpResponse, ApiError> {
    let admin = body.0.parse()?;
    let made = auth.create_first_admin(&body.0.token, admin, &origin.0).await;
    let answer = made
        .map(|user| user_etag(&user).created("/api/v1/users/me", &UserBody::from(&user)))
        .map_err(ApiError::from);
    rate_limit::tell(auth.registration_quota(&origin.0).await, answer)
}
