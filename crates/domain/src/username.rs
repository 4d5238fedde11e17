//! User names.

use std::fmt;

use crate::InvalidValue;

/// A name to log in with instead of an address, unique without regard to case.
///
/// It can never be mistaken for an address: `@` is not allowed in it.
#[derive(Debug, Clone)]
pub struct Username {
    name: String,
    key: String,
}

impl Username {
    /// Parses 3 to 32 ASCII letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_USERNAME`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let first = raw.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if !(3..=32).contains(&raw.len()) || !first || !raw.chars().all(allowed) {
            return Err(InvalidValue::new(
                "INVALID_USERNAME",
                "must be 3 to 32 letters, digits, dots, underscores or hyphens, beginning with a letter or digit",
            ));
        }
        Ok(Self {
            name: raw.to_owned(),
            key: raw.to_ascii_lowercase(),
        })
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The lower-cased form used for comparison and uniqueness.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for Username {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Username {}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_an_address_are_refused() {
        for raw in ["ab", "ada@example.com", "-ada", "ada lovelace", "ädä"] {
            assert!(Username::parse(raw).is_err(), "{raw:?} was accepted");
        }
        assert!(Username::parse("ada.lovelace-1").is_ok());
    }
}
