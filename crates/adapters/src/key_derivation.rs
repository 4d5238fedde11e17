//! Many keys from one secret.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, Tag, sign};

/// Separates Mainstay's keys from those of any other product fed the same secret.
const SALT: &[u8] = b"mainstay/v1";

/// Derives the key for one purpose from the one configured secret, so that a key leaked or
/// misused in one place opens nothing elsewhere: HKDF-SHA256 (RFC 5869), `purpose` as info.
///
/// 32 octets are exactly one block of the expansion, so the two HMACs of the definition are
/// written out: unlike the general interface they cannot fail.
#[must_use]
pub fn derive_key(secret: &[u8], purpose: &str) -> [u8; 32] {
    let extracted = hmac(SALT, &[secret]);
    let expanded = hmac(extracted.as_ref(), &[purpose.as_bytes(), &[1]]);
    let mut key = [0; 32];
    key.copy_from_slice(expanded.as_ref());
    key
}

fn hmac(key: &[u8], message: &[&[u8]]) -> Tag {
    sign(&Key::new(HMAC_SHA256, key), &message.concat())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test may fail loudly")]

    use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};

    use super::*;

    #[test]
    fn keys_are_those_that_the_general_hkdf_gives() {
        for (secret, purpose) in [("", ""), ("secret", "jwt"), (&*"x".repeat(100), "cursor")] {
            let mut expected = [0; 32];
            Salt::new(HKDF_SHA256, SALT)
                .extract(secret.as_bytes())
                .expand(&[purpose.as_bytes()], HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut expected))
                .expect("32 octets");
            assert_eq!(derive_key(secret.as_bytes(), purpose), expected);
        }
    }

    #[test]
    fn every_purpose_and_every_secret_gives_another_key() {
        let key = derive_key(b"secret", "access token");
        assert_ne!(key, derive_key(b"secret", "cursor"));
        assert_ne!(key, derive_key(b"another", "access token"));
    }
}
