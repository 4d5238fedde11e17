//! Passwords in the clear, for as short a time as possible.

use std::fmt;

use crate::InvalidValue;

/// A password as its owner typed it. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Accepts a password for an account: 8 to 128 characters, no composition rules, taken
    /// exactly as typed (ASVS 5.0 6.2.1, 6.2.5, 6.2.8, 6.2.9).
    ///
    /// # Errors
    /// [`InvalidValue`] with code `PASSWORD_TOO_SHORT` or `PASSWORD_TOO_LONG`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        match raw.chars().count() {
            0..8 => Err(InvalidValue::new(
                "PASSWORD_TOO_SHORT",
                "must have at least 8 characters",
            )),
            8..=128 => Ok(Self(raw.to_owned())),
            _ => Err(InvalidValue::new(
                "PASSWORD_TOO_LONG",
                "must have at most 128 characters",
            )),
        }
    }

    /// Takes a password somebody tries to log in with, whatever the rules are today: an account
    /// that was imported keeps a password that could not be chosen here.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `PASSWORD_TOO_LONG` above 4,096 octets, which is more than
    /// other systems take, so that nobody makes the server hash megabytes.
    pub fn attempt(raw: &str) -> Result<Self, InvalidValue> {
        if raw.len() > 4096 {
            return Err(InvalidValue::new(
                "PASSWORD_TOO_LONG",
                "must have at most 4096 octets",
            ));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The password itself, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_not_octets() {
        assert!(Password::parse("äöüäöüäö").is_ok());
        assert_eq!(
            Password::parse("äöü").map_err(|e| e.code),
            Err("PASSWORD_TOO_SHORT")
        );
        assert_eq!(
            Password::parse(&"x".repeat(129)).map_err(|e| e.code),
            Err("PASSWORD_TOO_LONG")
        );
    }

    #[test]
    fn debug_output_never_shows_the_password() {
        let shown = format!("{:?}", Password::attempt("correct horse"));
        assert!(!shown.contains("horse"), "{shown}");
    }
}
