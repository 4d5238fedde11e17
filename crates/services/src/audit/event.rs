//! Making audit events.

use mainstay_domain::{AuditEvent, AuditEventId, AuditKind, Origin, Timestamp};

use crate::ports::Entropy;

/// An event without actor, subject or detail; callers fill in what they know. Append it in the
/// unit of work that does what it tells of.
#[must_use]
pub fn event(entropy: &dyn Entropy, at: Timestamp, kind: AuditKind, origin: &Origin) -> AuditEvent {
    AuditEvent {
        id: AuditEventId(entropy.id(at)),
        at,
        kind,
        actor_id: None,
        api_key_id: None,
        subject_id: None,
        origin: origin.clone(),
        detail: None,
    }
}
