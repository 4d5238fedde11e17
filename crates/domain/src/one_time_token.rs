//! Tokens that work once: links in mails, codes, and steps of a login.

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

/// Defines [`TokenPurpose`] and its names in one table.
macro_rules! token_purposes {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)+) => {
        /// What a one-time token is good for; no other use accepts it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum TokenPurpose { $($(#[$doc])* $variant,)+ }

        impl TokenPurpose {
            /// Every purpose.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in the database; at most 32 octets.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

token_purposes! {
    /// Creates the first administrator.
    FirstAdmin => "first_admin",
    /// Begins an account whose address is proved by having got the link.
    ConfirmRegistration => "confirm_registration",
    /// Proves that the owner of an account reads mail at its address.
    VerifyEmail => "verify_email",
    /// Sets a new password for somebody who forgot theirs.
    ResetPassword => "reset_password",
    /// Moves an account to another address.
    ChangeEmail => "change_email",
    /// Logs in by a mailed link.
    SignInLink => "sign_in_link",
    /// Logs in by a mailed code of six digits.
    SignInCode => "sign_in_code",
    /// Takes up an account that an administrator made.
    Invitation => "invitation",
    /// Stands for a first factor while the second one is awaited.
    MfaLogin => "mfa_login",
    /// The challenge of a passkey about to be registered.
    PasskeyRegistration => "passkey_registration",
    /// The challenge of a passkey about to be used.
    PasskeyLogin => "passkey_login",
    /// A login at another provider that is under way.
    OauthState => "oauth_state",
    /// Stands for a login at another provider that is over, until it is exchanged for tokens.
    OauthCode => "oauth_code",
}

impl FromStr for TokenPurpose {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .iter()
            .copied()
            .find(|purpose| purpose.as_str() == raw)
            .ok_or(InvalidValue::new(
                "INVALID_PURPOSE",
                "must be a known token purpose",
            ))
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
    /// What it carries, in a form its purpose knows; never a secret in the clear.
    pub payload: Option<String>,
    /// How often somebody tried to use it.
    pub tries: i32,
}
