//! Language preferences.

use crate::InvalidValue;

/// A BCP 47 language tag such as `en` or `de-AT`, checked for shape only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    /// Parses a tag: a 2 or 3 letter language, then subtags of 2 to 8 letters or digits,
    /// at most 35 octets together (RFC 5646 section 4.4.1).
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_LOCALE`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let mut tags = raw.split('-');
        let language = tags
            .next()
            .is_some_and(|tag| matches!(tag.len(), 2 | 3) && tag.chars().all(|c| c.is_ascii_alphabetic()));
        let subtags =
            tags.all(|tag| (2..=8).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric()));
        if raw.len() > 35 || !language || !subtags {
            return Err(InvalidValue::new(
                "INVALID_LOCALE",
                "must be a language tag such as en or de-AT",
            ));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The tag as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
