//! What requests around mailed links say.

use mainstay_domain::{Email, Password};
use mainstay_services::auth::AuthError;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::error::{ApiError, FieldErrors};

/// Whom to write to.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailBody {
    /// Mail address.
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ada@example.com")]
    email: String,
}

impl EmailBody {
    pub(super) fn parse(&self) -> Result<Email, ApiError> {
        Email::parse(&self.email).map_err(|why| ApiError::invalid("email", &why))
    }
}

/// The token of a mailed link.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenOnlyBody {
    /// What follows `token=` in the link.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "the token of the link")]
    pub(super) token: String,
}

/// A new password, and the token of the link that allows it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasswordBody {
    /// What follows `token=` in the link.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "the token of the link")]
    pub(super) token: String,
    /// 8 to 128 characters; must not be easy to guess.
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "correct horse battery staple"
    )]
    new_password: String,
}

impl NewPasswordBody {
    pub(super) fn parse(&self) -> Result<Password, ApiError> {
        let mut errors = FieldErrors::new();
        errors
            .check("new_password", Password::parse(&self.new_password))
            .ok_or_else(|| errors.into())
    }
}

/// An outcome, with a weak password named as the request names it.
pub(super) fn about_new_password(error: AuthError) -> ApiError {
    match error {
        AuthError::WeakPassword(why) => ApiError::invalid("new_password", &why),
        other => other.into(),
    }
}
