//! How somebody proved who they are.

use std::{fmt, str::FromStr};

use crate::InvalidValue;

/// One way to prove who one is (compare `amr`, RFC 8176).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuthMethod {
    /// A password.
    Password,
    /// A time-based code (RFC 6238).
    Totp,
    /// A passkey that verified its user: two factors in one (NIST SP 800-63B-4 section 3.1.7).
    Passkey,
    /// A recovery code.
    RecoveryCode,
    /// A link or code sent to the account's address.
    Mail,
    /// Another provider's word (OpenID Connect).
    Provider,
}

impl AuthMethod {
    /// Every method, in the order they are listed.
    pub const ALL: [Self; 6] = [
        Self::Password,
        Self::Totp,
        Self::Passkey,
        Self::RecoveryCode,
        Self::Mail,
        Self::Provider,
    ];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
            Self::Mail => "mail",
            Self::Provider => "provider",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AuthMethod {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|method| method.as_str() == raw)
            .ok_or(InvalidValue::new("INVALID_METHOD", "must be a known method"))
    }
}

/// The methods by which a session was opened or renewed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AuthMethods(u8);

impl AuthMethods {
    /// None yet.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, method: AuthMethod) -> Self {
        Self(self.0 | method.bit())
    }

    /// Whether `method` is among them.
    #[must_use]
    pub const fn contains(self, method: AuthMethod) -> bool {
        self.0 & method.bit() != 0
    }

    /// Whether they are two factors: a passkey that verified its user, or a code besides
    /// anything else.
    #[must_use]
    pub const fn is_multi_factor(self) -> bool {
        self.contains(AuthMethod::Passkey)
            || ((self.contains(AuthMethod::Totp) || self.contains(AuthMethod::RecoveryCode))
                && self.0.count_ones() > 1)
    }

    /// Each of them, in the order of [`AuthMethod::ALL`].
    pub fn iter(self) -> impl Iterator<Item = AuthMethod> {
        AuthMethod::ALL
            .into_iter()
            .filter(move |method| self.contains(*method))
    }
}

impl From<AuthMethod> for AuthMethods {
    fn from(method: AuthMethod) -> Self {
        Self::NONE.with(method)
    }
}

impl fmt::Debug for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The names with spaces between them, as they are kept in the database.
impl fmt::Display for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, method) in self.iter().enumerate() {
            let space = if position > 0 { " " } else { "" };
            write!(f, "{space}{method}")?;
        }
        Ok(())
    }
}

impl FromStr for AuthMethods {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        raw.split_ascii_whitespace()
            .map(AuthMethod::from_str)
            .try_fold(Self::NONE, |methods, method| Ok(methods.with(method?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_come_back_from_the_text_they_are_kept_as() {
        let every = AuthMethod::ALL
            .into_iter()
            .fold(AuthMethods::NONE, AuthMethods::with);
        assert_eq!(every.to_string().parse(), Ok(every));
        assert_eq!("".parse(), Ok(AuthMethods::NONE));
        assert!("password magic".parse::<AuthMethods>().is_err());
    }

    #[test]
    fn two_factors_are_a_passkey_or_a_code_besides_something_else() {
        let of = |methods: &[AuthMethod]| {
            let methods = methods.iter().copied();
            methods
                .fold(AuthMethods::NONE, AuthMethods::with)
                .is_multi_factor()
        };
        assert!(of(&[AuthMethod::Passkey]));
        assert!(of(&[AuthMethod::Password, AuthMethod::Totp]));
        assert!(of(&[AuthMethod::Mail, AuthMethod::RecoveryCode]));
        assert!(!of(&[AuthMethod::Password, AuthMethod::Mail]));
        assert!(!of(&[AuthMethod::Totp]));
        assert!(!of(&[]));
    }
}
