//! What may follow a first factor.

use std::{fmt, str::FromStr};

use crate::{AuthMethod, InvalidValue};

/// A way to prove a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecondFactorKind {
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// A passkey.
    Passkey,
    /// One of the recovery codes.
    RecoveryCode,
}

impl SecondFactorKind {
    /// Every kind, in the order clients should offer them.
    pub const ALL: [Self; 3] = [Self::Passkey, Self::Totp, Self::RecoveryCode];

    /// The name used in the API and the database: the method's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.method().as_str()
    }

    /// What proving it counts as.
    #[must_use]
    pub const fn method(self) -> AuthMethod {
        match self {
            Self::Totp => AuthMethod::Totp,
            Self::Passkey => AuthMethod::Passkey,
            Self::RecoveryCode => AuthMethod::RecoveryCode,
        }
    }
}

impl fmt::Display for SecondFactorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SecondFactorKind {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or(InvalidValue::new(
                "INVALID_SECOND_FACTOR",
                "must be totp, passkey or recovery_code",
            ))
    }
}
