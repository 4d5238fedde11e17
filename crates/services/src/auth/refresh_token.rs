//! Refresh tokens: how they are made, read and recognised.
//!
//! A token names its session and its number in it (`generation`); the rest is a MAC over
//! both under the server's refresh key and the session's salt. The store keeps only the
//! SHA-256 of the living token. Knowing the MAC rule, the server can tell a *used* token
//! from a made-up one without having kept it, whatever its age, and can give a repeated
//! request the same successor without having kept that either.

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_domain::{SessionId, TokenHash};
use uuid::Uuid;

use super::RefreshKey;

/// Lets secret scanners recognise a leaked token.
const PREFIX: &str = "mst_rt_";
const LENGTH: usize = 16 + 4 + 32;

/// What the tokens of one session are derived from.
pub(super) struct SessionSecret<'a> {
    pub(super) key: &'a RefreshKey,
    pub(super) session_id: SessionId,
    pub(super) salt: &'a [u8; 16],
}

impl SessionSecret<'_> {
    fn mac(&self, generation: i32) -> hmac::Tag {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key.0);
        let mut context = hmac::Context::with_key(&key);
        context.update(b"mainstay refresh token v1");
        context.update(self.session_id.uuid().as_bytes());
        context.update(self.salt);
        context.update(&generation.to_be_bytes());
        context.sign()
    }
}

/// A refresh token, read or made.
pub(super) struct RefreshToken {
    pub(super) session_id: SessionId,
    pub(super) generation: i32,
    mac: [u8; 32],
}

impl RefreshToken {
    /// The token of a session with this number.
    pub(super) fn derive(secret: &SessionSecret<'_>, generation: i32) -> Self {
        let mut mac = [0; 32];
        mac.copy_from_slice(secret.mac(generation).as_ref());
        Self {
            session_id: secret.session_id,
            generation,
            mac,
        }
    }

    /// Reads a token; says nothing about whether it is genuine.
    pub(super) fn decode(raw: &str) -> Option<Self> {
        let mut octets = [0; LENGTH];
        let read = BASE64_URL_SAFE_NO_PAD
            .decode_slice(raw.strip_prefix(PREFIX)?, &mut octets)
            .ok()?;
        if read != LENGTH {
            return None;
        }
        let (session, rest) = octets.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (mac, _) = rest.split_first_chunk::<32>()?;
        Some(Self {
            session_id: SessionId(Uuid::from_bytes(*session)),
            generation: i32::from_be_bytes(*generation),
            mac: *mac,
        })
    }

    fn octets(&self) -> [u8; LENGTH] {
        let mut octets = [0; LENGTH];
        octets[..16].copy_from_slice(self.session_id.uuid().as_bytes());
        octets[16..20].copy_from_slice(&self.generation.to_be_bytes());
        octets[20..].copy_from_slice(&self.mac);
        octets
    }

    /// The token as the client sees it.
    pub(super) fn encode(&self) -> String {
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(self.octets()))
    }

    /// What the store keeps.
    pub(super) fn hash(&self) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &self.octets()).as_ref());
        TokenHash(hash)
    }

    /// Whether this server made the token; constant time.
    pub(super) fn is_genuine(&self, secret: &SessionSecret<'_>) -> bool {
        let expected = secret.mac(self.generation);
        aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_ref(), &self.mac).is_ok()
    }
}
