//! What stands in a field.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};

use super::escape::Escaped;

/// A value as it is recorded.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Debug(&'a dyn fmt::Debug),
    Flag(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

impl Value<'_> {
    /// Whether it is text, and needs quotes.
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Text(_) | Self::Debug(_) => true,
            // Neither JSON nor collectors have a number for these.
            Self::Float(number) => !number.is_finite(),
            _ => false,
        }
    }

    /// What it says, as it is.
    pub(super) fn text(self) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::Debug(value) => {
                let mut text = String::new();
                // A broken `Debug` loses its own value only.
                let _ = write!(text, "{value:?}");
                text
            }
            Self::Flag(flag) => flag.to_string(),
            Self::Signed(number) => number.to_string(),
            Self::Unsigned(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
        }
    }

    /// Writes it, escaped, without quotes around it.
    pub(super) fn write(self, to: &mut Escaped<'_>) {
        // Writing to text cannot fail; a broken `Debug` loses its own value only.
        let _ = match self {
            Self::Text(text) => {
                to.push(text);
                Ok(())
            }
            Self::Debug(value) => write!(to, "{value:?}"),
            Self::Flag(flag) => write!(to, "{flag}"),
            Self::Signed(number) => write!(to, "{number}"),
            Self::Unsigned(number) => write!(to, "{number}"),
            Self::Float(number) => write!(to, "{number}"),
        };
    }
}

/// Stands in the place of what must not be seen.
const HIDDEN: Value<'static> = Value::Text("***");

/// Fields of these names hold secrets whoever logs them: a safety net under types that hide themselves.
fn is_secret(name: &str) -> bool {
    matches!(
        name,
        "password"
            | "new_password"
            | "current_password"
            | "secret"
            | "client_secret"
            | "secret_key"
            | "token"
            | "access_token"
            | "refresh_token"
            | "id_token"
            | "mfa_token"
            | "api_key"
            | "authorization"
            | "cookie"
            | "set-cookie"
            | "set_cookie"
    )
}

/// Hands every field with its value to a function.
pub(super) struct Fields<F>(pub(super) F);

impl<F: FnMut(&'static str, Value<'_>)> Fields<F> {
    fn take(&mut self, field: &Field, value: Value<'_>) {
        let name = field.name();
        (self.0)(name, if is_secret(name) { HIDDEN } else { value });
    }
}

impl<F: FnMut(&'static str, Value<'_>)> Visit for Fields<F> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, Value::Debug(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, Value::Text(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, Value::Flag(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, Value::Unsigned(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.take(field, Value::Float(value));
    }
}
