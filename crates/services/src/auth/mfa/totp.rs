//! Time-based codes (RFC 6238), as authenticator apps show them: HMAC-SHA-1, 6 digits, 30 s.
//!
//! SHA-1 is what every app understands; what is known against it does not touch HMAC
//! (RFC 6151 section 2.3 argues the same for MD5), and NIST SP 800-131A allows it there.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign},
};
use mainstay_domain::{Timestamp, TotpCode, TotpStep};

/// Octets of a shared secret: 160 bits (RFC 4226 section 4, requirement 6).
pub(super) const SECRET_LENGTH: usize = 20;

/// The code of a step (RFC 4226 section 5.3).
pub(super) fn code_at(secret: &[u8], step: TotpStep) -> TotpCode {
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = sign(&key, &step.0.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[tag.len() - 1] & 0xf);
    let chosen = tag[offset..offset + 4].iter();
    let value = chosen.fold(0_u32, |value, octet| value << 8 | u32::from(*octet));
    TotpCode::truncated(value & 0x7fff_ffff)
}

/// The step near `now` whose code this is. Every candidate is computed and compared, so that
/// the time taken does not tell which of them it was.
pub(super) fn matching_step(secret: &[u8], code: TotpCode, now: Timestamp) -> Option<TotpStep> {
    let candidates = TotpStep::at(now).window();
    let equal =
        |step: &TotpStep| verify_slices_are_equal(&code_at(secret, *step).octets(), &code.octets()).is_ok();
    candidates.filter(equal).last()
}

/// RFC 4648 base32 without padding: how apps take a secret.
pub(super) fn base32(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let groups = octets.chunks(5).flat_map(|chunk| {
        let mut padded = [0; 8];
        padded[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(padded);
        let letters = (chunk.len() * 8).div_ceil(5);
        (0..letters).map(move |place| {
            let value = bits >> (35 - 5 * place) & 31;
            char::from(ALPHABET[usize::try_from(value).unwrap_or_default()])
        })
    });
    groups.collect()
}

/// What the app reads from the picture: the Key Uri Format that all of them take.
pub(super) fn otpauth_uri(issuer: &str, account: &str, secret: &str) -> String {
    let (issuer, account) = (escaped(issuer), escaped(account));
    format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    )
}

/// RFC 3986 percent-encoding of everything but unreserved characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            escaped.push(char::from(octet));
        } else {
            escaped.push('%');
            for digit in [octet >> 4, octet & 0xf] {
                escaped.push(
                    char::from_digit(u32::from(digit), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase(),
                );
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        DateTime::from_timestamp(second, 0).unwrap_or_default()
    }

    #[test]
    fn codes_are_those_of_the_test_vectors_in_rfc_6238() {
        // Appendix B, SHA-1; it lists eight digits, of which six are the last.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                code_at(SECRET, TotpStep::at(at(second))).expose(),
                code,
                "{second}"
            );
        }
    }

    #[test]
    fn a_code_matches_one_step_early_or_late_and_no_more() {
        let now = at(1_234_567_890);
        let step = TotpStep::at(now).0;
        for (drift, matches) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = code_at(SECRET, TotpStep(step + drift));
            let expected = matches.then_some(TotpStep(step + drift));
            assert_eq!(matching_step(SECRET, code, now), expected, "{drift}");
        }
    }

    #[test]
    fn base32_is_that_of_the_test_vectors_in_rfc_4648() {
        for (text, encoded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(text.as_bytes()), encoded);
        }
    }

    #[test]
    fn no_name_can_add_a_parameter_to_the_address() {
        let uri = otpauth_uri("Ada & Söhne", "a?secret=b:c@example.com", "ABC");
        assert_eq!(
            uri,
            "otpauth://totp/Ada%20%26%20S%C3%B6hne:a%3Fsecret%3Db%3Ac%40example.com\
             ?secret=ABC&issuer=Ada%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }
}
