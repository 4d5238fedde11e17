//! What the hashes of the chain are taken over.
//!
//! Everything is written with its length before it, so that no two different events give the
//! same octets. The personal part goes in by way of a salted commitment: it can be erased, salt
//! included, without touching the hash, and what is left tells nothing of it.

use aws_lc_rs::digest::{SHA256, digest};
use mainstay_domain::{AuditRecord, ChainPoint, PersonalPart, Seal};
use uuid::Uuid;

/// Octets that read one way only.
pub(super) struct Canonical(Vec<u8>);

impl Canonical {
    /// Begins with what it is for, so that a hash of one thing is none of another.
    pub(super) fn of(purpose: &str) -> Self {
        Self(Vec::with_capacity(256)).octets(purpose.as_bytes())
    }

    pub(super) fn octets(mut self, octets: &[u8]) -> Self {
        self.0.extend_from_slice(&(octets.len() as u64).to_be_bytes());
        self.0.extend_from_slice(octets);
        self
    }

    pub(super) fn number(mut self, number: i64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    fn optional(mut self, octets: Option<&[u8]>) -> Self {
        self.0.push(u8::from(octets.is_some()));
        match octets {
            Some(octets) => self.octets(octets),
            None => self,
        }
    }

    fn text(self, text: Option<&String>) -> Self {
        self.optional(text.map(String::as_bytes))
    }

    fn id(self, id: Option<&Uuid>) -> Self {
        self.optional(id.map(|id| id.as_bytes().as_slice()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn sha256(&self) -> Vec<u8> {
        digest(&SHA256, &self.0).as_ref().to_vec()
    }
}

/// Binds a personal part without telling it.
pub(super) fn commitment(salt: &[u8], personal: &PersonalPart) -> Vec<u8> {
    Canonical::of("mainstay/audit/personal/1")
        .octets(salt)
        .text(personal.ip.as_ref())
        .text(personal.user_agent.as_ref())
        .text(personal.request_id.as_ref())
        .text(personal.detail.as_ref())
        .sha256()
}

/// Binds an event, its place and everything before it. An event that names an API key is hashed
/// as of another purpose, so that those without one have the hash that they had before events
/// could name keys, and none passes for the other.
pub(super) fn event_hash(before: &[u8], seq: i64, record: &AuditRecord, commitment: &[u8]) -> Vec<u8> {
    let begun = match &record.api_key_id {
        None => Canonical::of("mainstay/audit/event/1"),
        Some(key) => Canonical::of("mainstay/audit/event/2").octets(key.as_bytes()),
    };
    begun
        .octets(before)
        .number(seq)
        .octets(record.id.uuid().as_bytes())
        .number(record.at)
        .octets(record.kind.as_bytes())
        .id(record.actor_id.as_ref())
        .id(record.subject_id.as_ref())
        .octets(commitment)
        .sha256()
}

/// The record with the place after `before`.
pub(super) fn seal(record: AuditRecord, before: &ChainPoint, salt: &[u8]) -> AuditRecord {
    let seq = before.seq + 1;
    let commitment = commitment(salt, &record.personal);
    let hash = event_hash(&before.hash, seq, &record, &commitment);
    AuditRecord {
        seal: Some(Seal {
            seq,
            // Of what is erased nothing is left to be checked.
            salt: (!record.erased).then(|| salt.to_vec()),
            commitment,
            hash,
        }),
        ..record
    }
}
