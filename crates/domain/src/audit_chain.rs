//! The chain that audit events are sealed in, so that no change to them goes unnoticed.
//!
//! Everything here is raw: a record that somebody tampered with need not parse, and must
//! still be told from one that nobody touched.

use uuid::Uuid;

use crate::AuditEventId;

/// What of an event tells about a person. It can be erased; the rest stays for good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonalPart {
    /// Client address.
    pub ip: Option<String>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
    /// Correlation id; clients may choose it.
    pub request_id: Option<String>,
    /// A word or two more.
    pub detail: Option<String>,
}

/// One event of the log as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Identity of the event.
    pub id: AuditEventId,
    /// When it happened, in microseconds since 1970.
    pub at: i64,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// The API key by which they did it.
    pub api_key_id: Option<Uuid>,
    /// Which user it happened to.
    pub subject_id: Option<Uuid>,
    /// What can be erased.
    pub personal: PersonalPart,
    /// Whether the personal part was erased.
    pub erased: bool,
    /// Its place in the chain; none until it is sealed.
    pub seal: Option<Seal>,
}

/// The place of an event in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Number of the event, from 1, without gaps.
    pub seq: i64,
    /// Random octets that keep the commitment from being guessed; goes with the personal part.
    pub salt: Option<Vec<u8>>,
    /// Binds the personal part without telling it.
    pub commitment: Vec<u8>,
    /// Binds the event and, by way of its predecessor's hash, everything before it.
    pub hash: Vec<u8>,
}

/// A place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainPoint {
    /// Number of the event; 0 before the first.
    pub seq: i64,
    /// Its hash; 32 zeros before the first.
    pub hash: Vec<u8>,
}

impl ChainPoint {
    /// Before the first event.
    #[must_use]
    pub fn origin() -> Self {
        Self {
            seq: 0,
            hash: vec![0; 32],
        }
    }
}

/// How far the chain reaches. There is one, and whoever changes it must know it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    /// The last sealed event.
    pub sealed: ChainPoint,
    /// The last event that was removed after its retention.
    pub pruned: ChainPoint,
    /// Number of the last event that was exported.
    pub exported: i64,
    /// Names the key behind `mac`; empty for a chain that has not begun.
    pub key_id: Vec<u8>,
    /// Authenticates everything above under a key that is not in the database; empty for a
    /// chain that has not begun.
    pub mac: Vec<u8>,
}

impl ChainHead {
    /// A chain that has not begun.
    #[must_use]
    pub fn origin() -> Self {
        Self {
            sealed: ChainPoint::origin(),
            pruned: ChainPoint::origin(),
            exported: 0,
            key_id: Vec::new(),
            mac: Vec::new(),
        }
    }
}
