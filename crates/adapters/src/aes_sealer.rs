//! Sealing with AES-256-GCM.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mainstay_services::ports::{SealError, Sealer};

use crate::system_entropy::random_octets;

/// What everything sealed begins with, so that another algorithm can take over one day.
const VERSION: &str = "v1.";

/// Seals with AES-256-GCM (NIST SP 800-38D) under a key derived from the secret key
/// ([`derive_key`](crate::derive_key)): `v1.` and, in base64url, nonce, ciphertext and tag.
///
/// Nonces are random, which is good for 2³² secrets under one key.
pub struct AesSealer {
    key: LessSafeKey,
    /// Keys of before, which still open.
    retired: Vec<LessSafeKey>,
}

impl AesSealer {
    /// Seals and opens with `key`.
    ///
    /// # Errors
    /// [`SealError::Seal`] if the library refuses the key; a defect.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        Ok(Self {
            key: usable(key)?,
            retired: Vec::new(),
        })
    }

    /// Opens what was sealed with an earlier key, too.
    ///
    /// # Errors
    /// [`SealError::Seal`] if the library refuses the key; a defect.
    pub fn with_retired(mut self, key: &[u8; 32]) -> Result<Self, SealError> {
        self.retired.push(usable(key)?);
        Ok(self)
    }
}

impl Sealer for AesSealer {
    fn seal(&self, purpose: &str, secret: &[u8]) -> Result<String, SealError> {
        let nonce: [u8; NONCE_LEN] = random_octets();
        let mut sealed = secret.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::from(&nonce), Aad::from(purpose), &mut sealed)
            .map_err(|_| SealError::Seal)?;
        let octets = [&nonce[..], &sealed].concat();
        Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(octets)))
    }

    fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let text = sealed.strip_prefix(VERSION).ok_or(SealError::Open)?;
        let octets = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Open)?;
        let (nonce, sealed) = octets.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Open)?;
        let keys = std::iter::once(&self.key).chain(&self.retired);
        let mut opened = keys.filter_map(|key| open_with(key, nonce, purpose, sealed));
        opened.next().ok_or(SealError::Open)
    }
}

impl fmt::Debug for AesSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AesSealer").finish_non_exhaustive()
    }
}

fn usable(key: &[u8; 32]) -> Result<LessSafeKey, SealError> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError::Seal)?;
    Ok(LessSafeKey::new(key))
}

fn open_with(key: &LessSafeKey, nonce: &[u8; NONCE_LEN], purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let mut octets = sealed.to_vec();
    let opened = key
        .open_in_place(Nonce::from(nonce), Aad::from(purpose), &mut octets)
        .ok()?;
    Some(opened.to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    fn sealer(key: u8) -> AesSealer {
        AesSealer::new(&[key; 32]).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_purpose_only() {
        let sealed = sealer(1).seal("mail:1", b"a secret").unwrap();
        assert_eq!(sealer(1).open("mail:1", &sealed).unwrap(), b"a secret");
        for (sealer, purpose) in [(sealer(1), "mail:2"), (sealer(1), ""), (sealer(2), "mail:1")] {
            assert_eq!(sealer.open(purpose, &sealed), Err(SealError::Open));
        }
    }

    #[test]
    fn every_changed_or_missing_octet_is_noticed() {
        let sealed = sealer(1).seal("p", b"secret").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(sealer(1).open("p", &changed), Err(SealError::Open), "{index}");
            assert_eq!(sealer(1).open("p", &sealed[..index]), Err(SealError::Open));
        }
    }

    #[test]
    fn the_same_secret_never_looks_the_same_twice() {
        let sealer = sealer(1);
        assert_ne!(sealer.seal("p", b"secret"), sealer.seal("p", b"secret"));
        assert!(!sealer.seal("p", b"secret").unwrap().contains("secret"));
    }

    #[test]
    fn a_retired_key_still_opens_and_no_longer_seals() {
        let old = sealer(1).seal("p", b"secret").unwrap();
        let rotated = sealer(2).with_retired(&[1; 32]).unwrap();
        assert_eq!(rotated.open("p", &old).unwrap(), b"secret");
        let new = rotated.seal("p", b"secret").unwrap();
        assert_eq!(sealer(1).open("p", &new), Err(SealError::Open));
    }
}
