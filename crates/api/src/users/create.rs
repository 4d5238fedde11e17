//! `POST /users`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::{Email, Locale, Permission, PersonName, RoleName, Username};
use mainstay_services::users::{NewUser, UserService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{UserBody, set_roles::parse_roles, user_etag};
use crate::{
    error::{ApiError, ErrorCode, FieldErrors, Problem},
    extract::{Idempotent, RequestOrigin, Require, UsersWrite, ValidJson},
};

/// An account for somebody else. It has no password: an administrator never learns one.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateUserBody {
    /// Mail address.
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "grace@example.com")]
    email: String,
    /// Name to log in with instead of the address.
    #[schema(
        min_length = 3,
        max_length = 32,
        pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        example = "grace"
    )]
    username: Option<String>,
    /// Given name.
    #[schema(min_length = 1, max_length = 100, example = "Grace")]
    first_name: Option<String>,
    /// Family name.
    #[schema(min_length = 1, max_length = 100, example = "Hopper")]
    last_name: Option<String>,
    /// Preferred language, a BCP 47 tag.
    #[schema(
        min_length = 2,
        max_length = 35,
        pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        example = "en"
    )]
    locale: Option<String>,
    /// Roles to grant besides `user`; needs `roles:write` too.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(required = false, max_items = 50, example = json!(["user"]))]
    roles: Vec<String>,
}

impl CreateUserBody {
    fn parse(&self) -> Result<NewUser, ApiError> {
        let mut errors = FieldErrors::new();
        let email = errors.check("email", Email::parse(&self.email));
        let username = errors.check_optional("username", self.username.as_deref(), Username::parse);
        let first_name = errors.check_optional("first_name", self.first_name.as_deref(), PersonName::parse);
        let last_name = errors.check_optional("last_name", self.last_name.as_deref(), PersonName::parse);
        let locale = errors.check_optional("locale", self.locale.as_deref(), Locale::parse);
        let roles = parse_roles(&mut errors, &self.roles);
        let Some(email) = email.filter(|_| errors.is_empty()) else {
            return Err(errors.into());
        };
        Ok(NewUser {
            email,
            username: username.flatten(),
            first_name: first_name.flatten(),
            last_name: last_name.flatten(),
            locale: locale.flatten(),
            roles,
        })
    }
}

/// Create a user
///
/// Needs `users:write`, and `roles:write` to grant more than `user`. The account is `invited`
/// and cannot log in until its owner has set a password.
#[utoipa::path(
    operation_id = "create_user",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with the same key does not create twice.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = CreateUserBody,
    responses(
        (status = 201, description = "The user.", body = UserBody, headers(("Location" = String, description = "Where the user is."), ("ETag" = String, description = "Version of the user."))),
        (status = 409, description = "EMAIL_TAKEN, USERNAME_TAKEN, IDEMPOTENCY_IN_PROGRESS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("")]
pub(super) async fn create_user(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    origin: RequestOrigin,
    idempotent: Idempotent,
    body: ValidJson<CreateUserBody>,
) -> Result<HttpResponse, ApiError> {
    let new = body.0.parse()?;
    let grants = new.roles.iter().any(|role| *role != RoleName::user());
    if grants && !actor.may(&Permission::ROLES_WRITE) {
        return Err(ApiError::new(ErrorCode::PERMISSION_DENIED).detail("Granting roles needs roles:write."));
    }
    idempotent
        .run(async move {
            let user = users.create(&actor, new, &origin.0).await?;
            let location = format!("/api/v1/users/{}", user.id);
            Ok(user_etag(&user).created(&location, &UserBody::from(&user)))
        })
        .await
}
