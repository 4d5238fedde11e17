//! How other systems write octets and numbers as text.

use base64::{
    Engine,
    alphabet::{BCRYPT, STANDARD},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use mainstay_domain::InvalidValue;

use super::limits::{DIGEST_LENGTHS, LONGEST_SALT};

/// Padding is written by some and not by others, and nobody looks at the last bits.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64_OF_BCRYPT: GeneralPurpose = GeneralPurpose::new(&BCRYPT, LENIENT);

/// A hash that begins like one of ours to read and goes on differently.
pub(super) const fn malformed() -> InvalidValue {
    InvalidValue::new("HASH_MALFORMED", "is not a well-formed hash of its kind")
}

/// A hash whose computation would be an attack.
pub(super) const fn too_costly() -> InvalidValue {
    InvalidValue::new(
        "HASH_TOO_COSTLY",
        "asks for more memory or time than is allowed; see docs/importing-users.md",
    )
}

/// Base64, in the alphabet of RFC 4648 section 4.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, InvalidValue> {
    BASE64.decode(text).map_err(|_| malformed())
}

/// Base64, in either alphabet of RFC 4648; Firebase writes both.
pub(super) fn either_base64(text: &str) -> Result<Vec<u8>, InvalidValue> {
    base64(&text.replace('-', "+").replace('_', "/"))
}

/// Base64 as passlib writes it for PBKDF2: a dot in the place of the plus.
pub(super) fn passlib_base64(text: &str) -> Result<Vec<u8>, InvalidValue> {
    if text.contains('+') {
        return Err(malformed());
    }
    base64(&text.replace('.', "+"))
}

/// bcrypt's own base64, for a text of `N` octets.
pub(super) fn bcrypt_base64<const N: usize>(text: &str) -> Result<[u8; N], InvalidValue> {
    let octets = BASE64_OF_BCRYPT.decode(text).map_err(|_| malformed())?;
    octets.try_into().map_err(|_| malformed())
}

/// A decimal number without sign or leading zeros.
pub(super) fn number(text: &str) -> Result<u32, InvalidValue> {
    let plain = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    if !plain || (text.len() > 1 && text.starts_with('0')) {
        return Err(malformed());
    }
    // What does not fit is a cost that nobody can pay.
    text.parse().map_err(|_| too_costly())
}

/// The values of `m=65536,t=3`, if they are named just so, in this order.
pub(super) fn named<'a, const N: usize>(
    text: &'a str,
    names: [&str; N],
) -> Result<[&'a str; N], InvalidValue> {
    let mut values = [""; N];
    let mut parts = text.split(',');
    for (value, name) in values.iter_mut().zip(names) {
        let part = parts.next().and_then(|part| part.split_once('='));
        let (_, found) = part.filter(|(known, _)| *known == name).ok_or_else(malformed)?;
        *value = found;
    }
    match parts.next() {
        None => Ok(values),
        Some(_) => Err(malformed()),
    }
}

/// Refuses salts and digests of lengths that no honest hash has.
pub(super) fn check_lengths(salt: &[u8], digest: &[u8]) -> Result<(), InvalidValue> {
    if salt.is_empty() || salt.len() > LONGEST_SALT || !DIGEST_LENGTHS.contains(&digest.len()) {
        return Err(malformed());
    }
    Ok(())
}
