//! Tokens that work once: the first-administrator link now, mail links later.

use std::{fmt, str::FromStr};

use crate::{InvalidValue, Timestamp, UserId};

/// SHA-256 of a secret token. The token itself is never stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(***)")
    }
}

/// What a one-time token is good for; no other use accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenPurpose {
    /// Creates the first administrator.
    FirstAdmin,
}

impl TokenPurpose {
    /// The name used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstAdmin => "first_admin",
        }
    }
}

impl FromStr for TokenPurpose {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        match raw {
            "first_admin" => Ok(Self::FirstAdmin),
            _ => Err(InvalidValue::new(
                "INVALID_PURPOSE",
                "must be a known token purpose",
            )),
        }
    }
}

/// A token that works once, before it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeToken {
    /// SHA-256 of the token.
    pub hash: TokenHash,
    /// What it is good for.
    pub purpose: TokenPurpose,
    /// Whom it concerns, if anybody yet.
    pub user_id: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}
