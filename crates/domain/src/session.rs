//! Login sessions. A session is also a family of refresh tokens (RFC 9700 section 4.14.2).

use std::{fmt, str::FromStr};

use crate::{AuthMethods, InvalidValue, Origin, SessionId, Timestamp, TokenHash, UserId};

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// Its owner logged out.
    Logout,
    /// Its owner ended it from another session.
    RevokedByOwner,
    /// An administrator ended it.
    RevokedByAdmin,
    /// The password was changed.
    PasswordChanged,
    /// The password was reset with a mailed link.
    PasswordReset,
    /// The account was disabled or deleted.
    AccountClosed,
    /// A refresh token was used twice, so it may have been stolen.
    TokenReuse,
    /// Whoever proved the account's address took it over.
    AccountClaimed,
    /// The account got its first second factor in another session.
    FactorAdded,
    /// An administrator removed every second factor.
    MfaReset,
}

impl RevocationReason {
    const ALL: [Self; 10] = [
        Self::Logout,
        Self::RevokedByOwner,
        Self::RevokedByAdmin,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::AccountClosed,
        Self::TokenReuse,
        Self::AccountClaimed,
        Self::FactorAdded,
        Self::MfaReset,
    ];

    /// The name used in the database and the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::RevokedByOwner => "revoked_by_owner",
            Self::RevokedByAdmin => "revoked_by_admin",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::AccountClosed => "account_closed",
            Self::TokenReuse => "token_reuse",
            Self::AccountClaimed => "account_claimed",
            Self::FactorAdded => "factor_added",
            Self::MfaReset => "mfa_reset",
        }
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RevocationReason {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == raw)
            .ok_or(InvalidValue::new(
                "INVALID_REASON",
                "must be a known revocation reason",
            ))
    }
}

/// One login of one user on one device.
///
/// Refresh tokens of a session are numbered by `generation`; only the current one's hash
/// is kept. How older ones are recognised is told in `docs/adr/0004-tokens.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identity; the `sid` claim of access tokens.
    pub id: SessionId,
    /// Whose session it is.
    pub user_id: UserId,
    /// Number of the living refresh token, from 0.
    pub generation: i32,
    /// SHA-256 of the living refresh token.
    pub token_hash: TokenHash,
    /// Random octets mixed into every refresh token of this session.
    pub salt: [u8; 16],
    /// Address and device of the login, or of the last refresh.
    pub origin: Origin,
    /// When the login happened.
    pub created_at: Timestamp,
    /// When a token was last issued.
    pub last_used_at: Timestamp,
    /// End unless refreshed.
    pub idle_expires_at: Timestamp,
    /// End whatever happens.
    pub absolute_expires_at: Timestamp,
    /// When its user last proved who they are; sensitive actions ask for a recent time.
    pub authenticated_at: Timestamp,
    /// How its user proved it.
    pub methods: AuthMethods,
    /// When and why it was ended early.
    pub revoked: Option<(Timestamp, RevocationReason)>,
}

impl Session {
    /// Whether the session may still be used at `now`.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.idle_expires_at && now < self.absolute_expires_at
    }
}

/// What changes when a refresh token is exchanged for its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Which session.
    pub session_id: SessionId,
    /// The generation that must still be the living one.
    pub expected_generation: i32,
    /// SHA-256 of the successor.
    pub token_hash: TokenHash,
    /// Address and device now.
    pub origin: Origin,
    /// Now; becomes `last_used_at`.
    pub now: Timestamp,
    /// The new idle end.
    pub idle_expires_at: Timestamp,
}
