//! What is wrong with single fields.

use std::borrow::Cow;

use mainstay_domain::InvalidValue;
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiError;

/// One refused field of a request. Never contains the refused value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Path of the field, e.g. `address.lines[0]`; empty for the whole body.
    #[schema(value_type = String, example = "email")]
    pub field: Cow<'static, str>,
    /// Stable reason in SCREAMING_SNAKE.
    #[schema(value_type = String, example = "INVALID_EMAIL")]
    pub code: Cow<'static, str>,
    /// What would be accepted, for people.
    #[schema(value_type = String, example = "must be a mail address such as ada@example.com")]
    pub message: Cow<'static, str>,
}

/// Collects the refusals of several fields, so that a client learns of all of them at once.
///
/// ```ignore
/// let mut errors = FieldErrors::new();
/// let email = errors.check("email", Email::parse(&body.email));
/// let password = errors.check("password", Password::parse(&body.password));
/// let (Some(email), Some(password)) = (email, password) else { return Err(errors.into()) };
/// ```
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// No refusals yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the value, or notes why it was refused.
    pub fn check<T>(&mut self, field: &'static str, parsed: Result<T, InvalidValue>) -> Option<T> {
        parsed
            .map_err(|error| self.add(field, error.code, error.message))
            .ok()
    }

    /// Parses a field that may be missing. The outer `None` means it was refused.
    pub fn check_optional<T>(
        &mut self,
        field: &'static str,
        raw: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<Option<T>> {
        self.check(field, raw.map(parse).transpose())
    }

    /// Notes a refusal.
    pub fn add(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.0.push(FieldError {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        });
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on only if nothing was refused.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with all refusals.
    pub fn finish(self) -> Result<(), ApiError> {
        if self.is_empty() { Ok(()) } else { Err(self.into()) }
    }

    /// The values that [`FieldErrors::check`] kept, if nothing was refused.
    ///
    /// ```
    /// # use mainstay_api::error::{ApiError, FieldErrors};
    /// # use mainstay_domain::{Email, Username};
    /// # fn parse(email: &str, name: &str) -> Result<(Email, Username), ApiError> {
    /// let mut errors = FieldErrors::new();
    /// let email = errors.check("email", Email::parse(email));
    /// let name = errors.check("username", Username::parse(name));
    /// errors.all((email, name))
    /// # }
    /// ```
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with all refusals.
    pub fn all<T: Checked>(self, values: T) -> Result<T::Values, ApiError> {
        match values.all() {
            Some(values) if self.is_empty() => Ok(values),
            _ => Err(self.into()),
        }
    }

    /// The refusals.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}

/// What [`FieldErrors::check`] kept of up to six fields.
pub trait Checked {
    /// The values themselves.
    type Values;

    /// The values, if none was refused.
    fn all(self) -> Option<Self::Values>;
}

macro_rules! checked {
    ($($name:ident),+) => {
        impl<$($name),+> Checked for ($(Option<$name>,)+) {
            type Values = ($($name,)+);

            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn all(self) -> Option<Self::Values> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}

checked!(A);
checked!(A, B);
checked!(A, B, C);
checked!(A, B, C, D);
checked!(A, B, C, D, E);
checked!(A, B, C, D, E, F);
