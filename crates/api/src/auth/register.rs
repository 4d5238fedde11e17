//! `POST /auth/register`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::{Email, Password, PersonName, Username};
use mainstay_services::auth::{AuthService, Registered, Registration};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::rate_limit;
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{Idempotent, RequestOrigin, ValidJson},
    users::{UserBody, user_etag},
};

/// A new account.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterBody {
    /// Mail address.
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ada@example.com")]
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
        example = "ada"
    )]
    username: Option<String>,
    /// Given name.
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    first_name: Option<String>,
    /// Family name.
    #[schema(min_length = 1, max_length = 100, example = "Lovelace")]
    last_name: Option<String>,
}

impl RegisterBody {
    fn parse(&self) -> Result<Registration, ApiError> {
        let mut errors = FieldErrors::new();
        let email = errors.check("email", Email::parse(&self.email));
        let password = errors.check("password", Password::parse(&self.password));
        let username = errors.check_optional("username", self.username.as_deref(), Username::parse);
        let first_name = errors.check_optional("first_name", self.first_name.as_deref(), PersonName::parse);
        let last_name = errors.check_optional("last_name", self.last_name.as_deref(), PersonName::parse);
        match (email, password, username, first_name, last_name) {
            (Some(email), Some(password), Some(username), Some(first_name), Some(last_name)) => {
                Ok(Registration {
                    email,
                    password,
                    username,
                    first_name,
                    last_name,
                })
            }
            _ => Err(errors.into()),
        }
    }
}

/// Register an account
///
/// Where registration is open, makes an account that can log in at once. Where addresses must be
/// verified first, always answers 202 alike; the account begins with the link that is mailed.
#[utoipa::path(
    operation_id = "register",
    tag = "auth",
    request_body = RegisterBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with the same key does not register twice.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    responses(
        (status = 201, description = "The account.", body = UserBody, headers(("Location" = String, description = "Where the account is."), ("ETag" = String, description = "Its version."))),
        (status = 202, description = "A mail is on its way; whether there was an account is not told."),
        (status = 403, description = "REGISTRATION_CLOSED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "EMAIL_TAKEN, USERNAME_TAKEN, IDEMPOTENCY_IN_PROGRESS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/register")]
pub(super) async fn register(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    idempotent: Idempotent,
    body: ValidJson<RegisterBody>,
) -> Result<HttpResponse, ApiError> {
    let registration = body.0.parse()?;
    let (accounts, from) = (auth.clone(), origin.0.clone());
    let answer = idempotent
        .run(async move {
            Ok(match accounts.register(registration, &from).await? {
                Registered::Account(user) => {
                    user_etag(&user).created("/api/v1/users/me", &UserBody::from(&*user))
                }
                Registered::Mailed => HttpResponse::Accepted().finish(),
            })
        })
        .await;
    rate_limit::tell(auth.registration_quota(&origin.0).await, answer)
}
