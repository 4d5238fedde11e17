//! API keys as their holders see them.
//!
//! `mst_ak_<id>_<secret><checksum>`: a fixed prefix and a checksum, so that scanners find leaked
//! keys without false alarms; the id, so that whoever finds one can tell its owner and name, and
//! so that looking it up needs no secret; 256 random bits in base 62, which a double click
//! selects. The checksum is CRC-32 (ISO-HDLC) over everything before it, in base 62 too.

use std::fmt;

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use mainstay_domain::{ApiKeyId, TokenHash};
use uuid::Uuid;

/// What every key looks like, for secret scanners.
pub const API_KEY_PATTERN: &str = "mst_ak_[0-9a-f]{32}_[0-9A-Za-z]{49}";

const PREFIX: &str = "mst_ak_";
const ID_DIGITS: usize = 32;
/// 62^43 is the first power of 62 above 2^256.
const SECRET_DIGITS: usize = 43;
/// 62^6 is the first power of 62 above 2^32.
const CHECKSUM_DIGITS: usize = 6;
const LENGTH: usize = PREFIX.len() + ID_DIGITS + 1 + SECRET_DIGITS + CHECKSUM_DIGITS;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A well-formed key, made or sent. `Debug` shows only its id.
#[derive(Clone)]
pub(super) struct KeyToken {
    pub(super) id: ApiKeyId,
    text: String,
}

impl KeyToken {
    /// The key with this id and secret.
    pub(super) fn new(id: ApiKeyId, secret: &[u8; 32]) -> Self {
        let mut text = format!("{PREFIX}{}_", id.uuid().simple());
        text.push_str(&base62(secret, SECRET_DIGITS));
        let checksum = crc32(text.as_bytes());
        text.push_str(&base62(&checksum.to_be_bytes(), CHECKSUM_DIGITS));
        Self { id, text }
    }

    /// Reads what was sent; says nothing about whether there is such a key.
    pub(super) fn parse(raw: &str) -> Option<Self> {
        if raw.len() != LENGTH || !raw.is_ascii() {
            return None;
        }
        let (id, secret) = raw.strip_prefix(PREFIX)?.split_at(ID_DIGITS);
        let lower = id
            .bytes()
            .all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
        let secret = secret.strip_prefix('_')?;
        if !lower || !secret.bytes().all(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        let (text, checksum) = raw.split_at(LENGTH - CHECKSUM_DIGITS);
        if base62(&crc32(text.as_bytes()).to_be_bytes(), CHECKSUM_DIGITS) != checksum {
            return None;
        }
        Some(Self {
            id: ApiKeyId(Uuid::try_parse(id).ok()?),
            text: raw.to_owned(),
        })
    }

    /// Whether a credential claims to be an API key.
    pub(super) fn is_claimed_by(raw: &str) -> bool {
        raw.starts_with(PREFIX)
    }

    /// What the store keeps. No salt and no slow hash: there are 2^256 keys to guess.
    pub(super) fn hash(&self) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.text.as_bytes()).as_ref());
        TokenHash(hash)
    }

    /// Whether the key's hash is this one; constant time.
    pub(super) fn matches(&self, stored: &TokenHash) -> bool {
        verify_slices_are_equal(&self.hash().0, &stored.0).is_ok()
    }

    /// The key itself, to be shown once.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

impl fmt::Debug for KeyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyToken")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The number in `octets` (most significant first) with so many digits to base 62.
fn base62(octets: &[u8], digits: usize) -> String {
    let mut number = octets.to_vec();
    let mut text = vec![b'0'; digits];
    for digit in text.iter_mut().rev() {
        let mut rest = 0_u32;
        for octet in &mut number {
            let value = rest << 8 | u32::from(*octet);
            *octet = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    text.into_iter().map(char::from).collect()
}

/// CRC-32 as in ISO-HDLC, zip and PNG. Eighty octets do not need a table.
fn crc32(octets: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for octet in octets {
        crc ^= u32::from(*octet);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> KeyToken {
        KeyToken::new(ApiKeyId(Uuid::from_u128(0xABCD)), &[0xFF; 32])
    }

    #[test]
    fn the_checksum_is_the_well_known_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(base62(&u32::MAX.to_be_bytes(), 6), "4gfFC3");
        assert_eq!(base62(&[0; 32], SECRET_DIGITS), "0".repeat(43));
    }

    #[test]
    fn a_key_that_was_made_is_read_back() {
        let text = token().into_text();
        assert_eq!(text.len(), LENGTH);
        assert!(text.starts_with("mst_ak_0000000000000000000000000000abcd_"));
        let read = KeyToken::parse(&text);
        assert_eq!(read.as_ref().map(|read| read.id), Some(token().id));
        assert!(read.is_some_and(|read| read.matches(&token().hash())));
    }

    #[test]
    fn a_key_with_any_character_changed_is_none() {
        let text = token().into_text();
        for index in 0..text.len() {
            for other in ['0', 'z', 'A', '_', ' ', '\u{e9}'] {
                let mut changed: Vec<char> = text.chars().collect();
                if changed[index] == other {
                    continue;
                }
                changed[index] = other;
                let changed: String = changed.into_iter().collect();
                assert!(KeyToken::parse(&changed).is_none(), "{other} at {index}");
            }
            assert!(KeyToken::parse(&text[..index]).is_none());
        }
        assert!(KeyToken::parse(&format!("{text}0")).is_none());
    }

    #[test]
    fn debug_output_never_shows_the_secret() {
        let shown = format!("{:?}", token());
        assert!(!shown.contains("_ak_"), "{shown}");
    }
}
