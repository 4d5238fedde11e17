//! Text of limited length.

use std::fmt;

use crate::InvalidValue;

/// `MIN` to `MAX` characters of text that every database keeps as they are. For what a product
/// stores, e.g. `type Title = Text<1, 200>`.
///
/// ```
/// use mainstay_domain::Text;
///
/// type Title = Text<1, 200>;
/// assert_eq!(Title::parse("Groceries")?.as_str(), "Groceries");
/// assert!(Title::parse("").is_err());
/// assert!(Title::parse("a\0b").is_err());
/// # Ok::<(), mainstay_domain::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// Parses text that came from outside. NUL is refused, for PostgreSQL cannot keep it.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_LENGTH` or `INVALID_CHARACTER`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        if !(MIN..=MAX).contains(&raw.chars().count()) {
            return Err(InvalidValue::new("INVALID_LENGTH", "is too short or too long"));
        }
        if raw.contains('\0') {
            return Err(InvalidValue::new("INVALID_CHARACTER", "must not contain NUL"));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
