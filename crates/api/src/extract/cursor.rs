//! Opaque list cursors that nobody can forge or carry over to another list.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mainstay_domain::{Position, SortValue};
use uuid::Uuid;

/// Octets of the HMAC that are kept: 128 bits cannot be guessed.
const TAG_LEN: usize = 16;
const ID_LEN: usize = 16;
const MICROS: u8 = 0;
const TEXT: u8 = 1;
/// Longer cursors are none of ours; this bounds the work an attacker can cause.
/// A key of a file may have 1,024 octets.
const MAX_LEN: usize = 1536;

/// Signs and checks cursors. Make it from a secret that every replica shares.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(***)")
    }
}

impl CursorKey {
    /// Derives the key, so that the same secret can serve other purposes too.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&root, b"mainstay list cursor v1");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// The cursor for a position in the list named by `scope`.
    #[must_use]
    pub fn seal(&self, scope: &[&str], position: &Position) -> String {
        let mut payload = Vec::with_capacity(64);
        match &position.value {
            SortValue::Micros(micros) => {
                payload.push(MICROS);
                payload.extend_from_slice(position.id.as_bytes());
                payload.extend_from_slice(&micros.to_be_bytes());
            }
            SortValue::Text(text) => {
                payload.push(TEXT);
                payload.extend_from_slice(position.id.as_bytes());
                payload.extend_from_slice(text.as_bytes());
            }
        }
        let tag = self.tag(scope, &payload);
        payload.extend_from_slice(&tag.as_ref()[..TAG_LEN]);
        URL_SAFE_NO_PAD.encode(payload)
    }

    /// The position a cursor stands for, unless it was not made by [`CursorKey::seal`] for
    /// the same `scope`.
    #[must_use]
    pub fn open(&self, scope: &[&str], cursor: &str) -> Option<Position> {
        if cursor.len() > MAX_LEN {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (payload, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_LEN)?)?;
        let expected = self.tag(scope, payload);
        aws_lc_rs::constant_time::verify_slices_are_equal(&expected.as_ref()[..TAG_LEN], tag).ok()?;
        decode(payload)
    }

    /// Every part is preceded by its length, so that parts cannot flow into each other.
    fn tag(&self, scope: &[&str], payload: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in scope {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.update(&u64::MAX.to_be_bytes());
        context.update(payload);
        context.sign()
    }
}

fn decode(payload: &[u8]) -> Option<Position> {
    let (kind, rest) = payload.split_first()?;
    let (id, value) = rest.split_at_checked(ID_LEN)?;
    let value = match *kind {
        MICROS => SortValue::Micros(i64::from_be_bytes(value.try_into().ok()?)),
        TEXT => SortValue::Text(String::from_utf8(value.to_vec()).ok()?),
        _ => return None,
    };
    let id = Uuid::from_slice(id).ok()?;
    Some(Position { value, id })
}
