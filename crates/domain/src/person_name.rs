//! First and last names.

use crate::InvalidValue;

/// A first or last name: 1 to 100 characters of any script, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Parses a name, trimming white space around it.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_NAME`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let name = raw.trim();
        let length = name.chars().count();
        if !(1..=100).contains(&length) || name.chars().any(char::is_control) {
            return Err(InvalidValue::new(
                "INVALID_NAME",
                "must be 1 to 100 characters without control characters",
            ));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
