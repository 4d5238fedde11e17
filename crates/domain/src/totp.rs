//! Authenticator apps (RFC 6238) and the codes they show.

use std::fmt;

use crate::{InvalidValue, Text, Timestamp, TotpFactorId, UserId};

/// What an owner calls a factor, e.g. the device it is on.
pub type FactorName = Text<1, 64>;

/// Seconds a code is shown for (RFC 6238 section 5.2).
pub const TOTP_PERIOD: i64 = 30;
/// Digits of a code.
pub const TOTP_DIGITS: u32 = 6;
/// How many steps a clock may be wrong, either way.
pub const TOTP_DRIFT: i64 = 1;

/// Which of the spans of 30 seconds since 1970 a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TotpStep(pub i64);

impl TotpStep {
    /// The step at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(now.timestamp().div_euclid(TOTP_PERIOD))
    }

    /// The steps whose codes are taken at this one: clocks differ, and people type slowly.
    pub fn window(self) -> impl Iterator<Item = Self> {
        (-TOTP_DRIFT..=TOTP_DRIFT).map(move |drift| Self(self.0 + drift))
    }
}

/// A code as somebody typed it. `Debug` never shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TotpCode(u32);

impl TotpCode {
    /// Parses six digits; spaces between them are ignored, for apps show them in groups.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_CODE`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let digits: String = raw.chars().filter(|c| *c != ' ').collect();
        let all_digits = digits.bytes().all(|octet| octet.is_ascii_digit());
        let code = digits.parse().ok();
        code.filter(|_| all_digits && digits.len() == TOTP_DIGITS as usize)
            .map(Self)
            .ok_or(InvalidValue::new("INVALID_CODE", "must be six digits"))
    }

    /// The code of a hash (RFC 4226 section 5.3); `value` is the truncated hash.
    #[must_use]
    pub const fn truncated(value: u32) -> Self {
        Self(value % 10_u32.pow(TOTP_DIGITS))
    }

    /// Its octets, for a comparison in constant time.
    #[must_use]
    pub const fn octets(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    /// Its digits.
    #[must_use]
    pub fn expose(self) -> String {
        format!("{:06}", self.0)
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(***)")
    }
}

/// The secret an authenticator app shares with the server, sealed. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(pub String);

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(***)")
    }
}

/// An authenticator app of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpFactor {
    /// Identity.
    pub id: TotpFactorId,
    /// Whose it is.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: FactorName,
    /// The shared secret, sealed.
    pub secret: SealedSecret,
    /// When it was offered.
    pub created_at: Timestamp,
    /// When its owner proved to have it; before that it is worth nothing.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the last code that was used; no code of it or before it works again.
    pub last_step: Option<TotpStep>,
    /// When a code was last used.
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn codes_are_six_digits_in_whatever_groups() {
        for raw in ["123456", "123 456", " 12 34 56 "] {
            assert_eq!(
                TotpCode::parse(raw).map(TotpCode::expose),
                Ok("123456".to_owned())
            );
        }
        assert_eq!(
            TotpCode::parse("000042").map(TotpCode::expose),
            Ok("000042".to_owned())
        );
        for raw in [
            "",
            "12345",
            "1234567",
            "12345a",
            "１２３４５６",
            "-12345",
            "99999999999999",
        ] {
            assert!(TotpCode::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_window_is_the_step_and_its_neighbours() {
        let now = DateTime::from_timestamp(59, 0).unwrap_or_default();
        let steps: Vec<i64> = TotpStep::at(now).window().map(|step| step.0).collect();
        assert_eq!(steps, [0, 1, 2]);
    }

    #[test]
    fn neither_codes_nor_secrets_show_themselves() {
        let shown = format!(
            "{:?} {:?}",
            TotpCode::truncated(123_456),
            SealedSecret("sealed".to_owned())
        );
        assert_eq!(shown, "TotpCode(***) SealedSecret(***)");
    }
}
