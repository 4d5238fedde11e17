//! Changes to a profile, as a JSON merge patch (RFC 7396).

use mainstay_domain::{Email, InvalidValue, Locale, PersonName, Username};
use mainstay_services::users::{Change, ProfileChanges};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    error::{ApiError, FieldErrors},
    extract::Patch,
};

/// What a user may change about themself. Left-out fields stay, `null` empties.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileBody {
    /// Name to log in with instead of the address.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 32, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", example = "ada")]
    username: Patch<String>,
    /// Given name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Ada")]
    first_name: Patch<String>,
    /// Family name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Lovelace")]
    last_name: Patch<String>,
    /// Preferred language, a BCP 47 tag.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", example = "en")]
    locale: Patch<String>,
}

/// What an administrator may change about a user. Left-out fields stay, `null` empties.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserChangesBody {
    /// Mail address; a new one is unverified.
    #[serde(default)]
    #[schema(value_type = String, required = false, format = "email", max_length = 254, example = "ada@example.com")]
    email: Patch<String>,
    /// Name to log in with instead of the address.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 32, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", example = "ada")]
    username: Patch<String>,
    /// Given name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Ada")]
    first_name: Patch<String>,
    /// Family name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Lovelace")]
    last_name: Patch<String>,
    /// Preferred language, a BCP 47 tag.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", example = "en")]
    locale: Patch<String>,
}

impl ProfileBody {
    pub(super) fn parse(&self) -> Result<ProfileChanges, ApiError> {
        let mut errors = FieldErrors::new();
        let changes = self.changes(&mut errors);
        errors.finish()?;
        Ok(changes)
    }

    fn changes(&self, errors: &mut FieldErrors) -> ProfileChanges {
        ProfileChanges {
            email: None,
            username: change(errors, "username", &self.username, Username::parse),
            first_name: change(errors, "first_name", &self.first_name, PersonName::parse),
            last_name: change(errors, "last_name", &self.last_name, PersonName::parse),
            locale: change(errors, "locale", &self.locale, Locale::parse),
        }
    }
}

impl UserChangesBody {
    pub(super) fn parse(self) -> Result<ProfileChanges, ApiError> {
        let mut errors = FieldErrors::new();
        let email = self.email.check("email", &mut errors, Email::parse).flatten();
        if email == Some(None) {
            errors.add("email", "REQUIRED", "cannot be removed");
        }
        let profile = ProfileBody {
            username: self.username,
            first_name: self.first_name,
            last_name: self.last_name,
            locale: self.locale,
        };
        let changes = profile.changes(&mut errors);
        errors.finish()?;
        Ok(ProfileChanges {
            email: email.flatten(),
            ..changes
        })
    }
}

/// A refused value is noted in `errors`; what is returned for it does not matter then.
fn change<T>(
    errors: &mut FieldErrors,
    field: &'static str,
    patch: &Patch<String>,
    parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
) -> Change<T> {
    match patch.check(field, errors, parse).flatten() {
        None => Change::Keep,
        Some(None) => Change::Clear,
        Some(Some(value)) => Change::Set(value),
    }
}
