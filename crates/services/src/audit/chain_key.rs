//! The key that authenticates how far the chain reaches.

use std::fmt;

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    hmac::{HMAC_SHA256, Key, sign},
};
use mainstay_domain::{ChainHead, ChainPoint};

use super::chain_hash::Canonical;

/// The key that authenticates the chain's head; derived from the server's secret, never in the
/// database. `Debug` never shows it.
#[derive(Clone)]
pub struct ChainKey(pub [u8; 32]);

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey(***)")
    }
}

/// What a key says about a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadJudgement {
    /// The chain has not begun.
    Origin,
    /// Somebody who holds this key has written it.
    Ours,
    /// It names another key.
    OtherKey,
    /// It names this key, which did not authenticate it.
    Forged,
}

impl ChainKey {
    /// The head, authenticated.
    pub(super) fn signed(&self, head: ChainHead) -> ChainHead {
        ChainHead {
            key_id: self.id(),
            mac: self.mac(&head),
            ..head
        }
    }

    pub(super) fn judge(&self, head: &ChainHead) -> HeadJudgement {
        if *head == ChainHead::origin() {
            HeadJudgement::Origin
        } else if head.key_id != self.id() {
            HeadJudgement::OtherKey
        } else if verify_slices_are_equal(&self.mac(head), &head.mac).is_ok() {
            HeadJudgement::Ours
        } else {
            HeadJudgement::Forged
        }
    }

    /// Authenticates a part of the chain that was written to a file.
    #[must_use]
    pub fn sign_export(&self, first: &ChainPoint, last: &ChainPoint) -> Vec<u8> {
        let text = Canonical::of("mainstay/audit/export/1");
        let text = text.number(first.seq).octets(&first.hash);
        self.hmac(&text.number(last.seq).octets(&last.hash))
    }

    fn mac(&self, head: &ChainHead) -> Vec<u8> {
        let text = Canonical::of("mainstay/audit/head/1")
            .number(head.sealed.seq)
            .octets(&head.sealed.hash)
            .number(head.pruned.seq)
            .octets(&head.pruned.hash)
            .number(head.exported);
        self.hmac(&text)
    }

    /// Names the key without telling it.
    fn id(&self) -> Vec<u8> {
        let mut id = self.hmac(&Canonical::of("mainstay/audit/key/1"));
        id.truncate(8);
        id
    }

    fn hmac(&self, text: &Canonical) -> Vec<u8> {
        sign(&Key::new(HMAC_SHA256, &self.0), text.bytes())
            .as_ref()
            .to_vec()
    }
}
