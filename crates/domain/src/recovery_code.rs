//! Recovery codes: for whoever has lost every other factor.

use std::fmt;

use crate::InvalidValue;

/// How many codes an account gets at a time.
pub const RECOVERY_CODES: usize = 10;

/// Characters of a code: 24 of 5 bits are 120, more than the 112 from which a plain hash
/// suffices to store it (ASVS 5.0 6.5.2, NIST SP 800-63B-4 section 3.1.2.2).
const LENGTH: usize = 24;
/// Characters between two hyphens.
const GROUP: usize = 6;
/// Crockford's alphabet: nothing in it is mistaken for anything else.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A code that works once. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A code of 15 random octets.
    #[must_use]
    pub fn from_random(octets: [u8; 15]) -> Self {
        let code = octets.chunks_exact(5).flat_map(|chunk| {
            let bits = chunk
                .iter()
                .fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
            (0..8).rev().map(move |place| letter(bits >> (5 * place)))
        });
        Self(code.collect())
    }

    /// Parses a code as somebody typed it: in any case, with or without hyphens and spaces,
    /// and with the letters that look like digits.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_CODE`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let typed = raw.chars().filter(|c| !c.is_whitespace() && *c != '-');
        // One more than a code has tells a longer one, however long it is.
        let code: Option<String> = typed.take(LENGTH + 1).map(canonical).collect();
        code.filter(|code| code.len() == LENGTH)
            .map(Self)
            .ok_or(InvalidValue::new("INVALID_CODE", "must be a recovery code"))
    }

    /// The code in its one canonical form, to be hashed.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// The code in groups, to be shown once.
    #[must_use]
    pub fn expose(&self) -> String {
        let mut shown = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (place, c) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                shown.push('-');
            }
            shown.push(c);
        }
        shown
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(***)")
    }
}

fn letter(bits: u64) -> char {
    // Five bits always name one of 32 letters.
    let place = usize::try_from(bits & 31).unwrap_or_default();
    char::from(ALPHABET[place])
}

fn canonical(c: char) -> Option<char> {
    let c = match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    };
    let known = u8::try_from(c).is_ok_and(|octet| ALPHABET.contains(&octet));
    known.then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_the_randomness_is_in_the_code() {
        let low = RecoveryCode::from_random([0; 15]);
        let high = RecoveryCode::from_random([255; 15]);
        assert_eq!(low.expose(), "000000-000000-000000-000000");
        assert_eq!(high.expose(), "zzzzzz-zzzzzz-zzzzzz-zzzzzz");
        let mut one = [0; 15];
        one[14] = 1;
        assert_eq!(
            RecoveryCode::from_random(one).expose(),
            "000000-000000-000000-000001"
        );
    }

    #[test]
    fn codes_are_read_however_people_write_them() {
        let code = RecoveryCode::from_random([7, 91, 200, 3, 44, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
        let shown = code.expose();
        for raw in [
            shown.clone(),
            shown.to_uppercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
        ] {
            assert_eq!(RecoveryCode::parse(&raw), Ok(code.clone()), "{raw}");
        }
        let zeros = RecoveryCode::parse("OOOOOO-oooooo-llllll-IIIIII").map(|code| code.0);
        assert_eq!(zeros, Ok("000000000000111111111111".to_owned()));
    }

    #[test]
    fn what_is_no_code_is_refused_and_no_code_shows_itself() {
        for raw in [
            "",
            "000000",
            "u00000-000000-000000-000000",
            &"0".repeat(25),
            &"-".repeat(500),
        ] {
            assert!(RecoveryCode::parse(raw).is_err(), "{raw}");
        }
        let code = RecoveryCode::from_random([0; 15]);
        assert_eq!(format!("{code:?}"), "RecoveryCode(***)");
    }
}
