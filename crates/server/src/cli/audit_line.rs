//! The lines of an exported audit log.

use mainstay_domain::{AuditEventId, AuditRecord, ChainPoint, PersonalPart, Seal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hex;

/// What the first line names.
pub(super) const FORMAT: &str = "mainstay-audit-1";

/// The first line: where the part begins.
#[derive(Serialize, Deserialize)]
pub(super) struct First {
    pub format: String,
    pub from: Point,
}

/// The last line: where the part ends, and what authenticates it.
#[derive(Serialize, Deserialize)]
pub(super) struct Last {
    pub end: Point,
    pub events: u64,
    pub mac: String,
}

/// A place in the chain.
#[derive(Serialize, Deserialize)]
pub(super) struct Point {
    pub seq: i64,
    pub hash: String,
}

impl From<&ChainPoint> for Point {
    fn from(point: &ChainPoint) -> Self {
        Self {
            seq: point.seq,
            hash: hex::encode(&point.hash),
        }
    }
}

impl Point {
    pub(super) fn read(&self) -> Option<ChainPoint> {
        Some(ChainPoint {
            seq: self.seq,
            hash: hex::decode(&self.hash)?,
        })
    }
}

/// An event. `at` is for people; the hash is taken over `at_micros`.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    seq: i64,
    id: Uuid,
    at: String,
    at_micros: i64,
    kind: String,
    actor_id: Option<Uuid>,
    /// Absent from lines that were written before events could name keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_key_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    detail: Option<String>,
    erased: bool,
    salt: Option<String>,
    commitment: String,
    hash: String,
}

impl Line {
    /// None for an event without a place in the chain.
    pub(super) fn of(record: AuditRecord) -> Option<Self> {
        let seal = record.seal?;
        let at = chrono::DateTime::from_timestamp_micros(record.at).unwrap_or_default();
        Some(Self {
            seq: seal.seq,
            id: record.id.uuid(),
            at: at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            at_micros: record.at,
            kind: record.kind,
            actor_id: record.actor_id,
            api_key_id: record.api_key_id,
            subject_id: record.subject_id,
            ip: record.personal.ip,
            user_agent: record.personal.user_agent,
            request_id: record.personal.request_id,
            detail: record.personal.detail,
            erased: record.erased,
            salt: seal.salt.as_deref().map(hex::encode),
            commitment: hex::encode(&seal.commitment),
            hash: hex::encode(&seal.hash),
        })
    }

    /// None if it holds no octets where there should be some.
    pub(super) fn read(self) -> Option<AuditRecord> {
        Some(AuditRecord {
            id: AuditEventId(self.id),
            at: self.at_micros,
            kind: self.kind,
            actor_id: self.actor_id,
            api_key_id: self.api_key_id,
            subject_id: self.subject_id,
            personal: PersonalPart {
                ip: self.ip,
                user_agent: self.user_agent,
                request_id: self.request_id,
                detail: self.detail,
            },
            erased: self.erased,
            seal: Some(Seal {
                seq: self.seq,
                salt: match self.salt {
                    Some(salt) => Some(hex::decode(&salt)?),
                    None => None,
                },
                commitment: hex::decode(&self.commitment)?,
                hash: hex::decode(&self.hash)?,
            }),
        })
    }
}
