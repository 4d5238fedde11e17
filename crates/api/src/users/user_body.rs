//! A user as clients see it.

use chrono::{DateTime, Utc};
use mainstay_domain::{Email, Locale, PersonName, RoleName, User, Username};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::extract::ETag;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserBody<'a> {
    /// Identity, UUIDv7.
    id: Uuid,
    /// Mail address.
    #[schema(format = "email", example = "ada@example.com")]
    email: &'a str,
    /// Login name.
    #[schema(required, example = "ada")]
    username: Option<&'a str>,
    /// Given name.
    #[schema(required, example = "Ada")]
    first_name: Option<&'a str>,
    /// Family name.
    #[schema(required, example = "Lovelace")]
    last_name: Option<&'a str>,
    /// Preferred language, a BCP 47 tag.
    #[schema(required, example = "en")]
    locale: Option<&'a str>,
    /// Where the picture is: relative to this server if it was set here, with `size` to be added; or
    /// where an import said.
    #[schema(required, example = "/api/v1/avatars/0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e")]
    avatar_url: Option<&'a str>,
    /// Whether the owner has proved to read mail at `email`.
    email_verified: bool,
    /// `active`, `disabled`, `invited` or `deleted`.
    #[schema(example = "active")]
    status: &'static str,
    /// Roles held, sorted by name.
    #[schema(example = json!(["user"]))]
    roles: Vec<&'a str>,
    /// When the account was made.
    created_at: DateTime<Utc>,
    /// When the profile last changed.
    updated_at: DateTime<Utc>,
    /// When the owner last logged in.
    #[schema(required)]
    last_login_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a User> for UserBody<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.uuid(),
            email: Email::as_str(&user.email),
            username: user.username.as_ref().map(Username::as_str),
            first_name: user.first_name.as_ref().map(PersonName::as_str),
            last_name: user.last_name.as_ref().map(PersonName::as_str),
            locale: user.locale.as_ref().map(Locale::as_str),
            avatar_url: user.avatar_url.as_deref(),
            email_verified: user.email_verified,
            status: user.status.as_str(),
            roles: user.roles.iter().map(RoleName::as_str).collect(),
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_login_at: user.last_login_at,
        }
    }
}

/// The entity tag of a user.
pub(crate) fn user_etag(user: &User) -> ETag {
    ETag::of(user.id, user.version)
}
