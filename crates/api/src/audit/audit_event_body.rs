//! An audit event as clients see it.

use chrono::{DateTime, Utc};
use mainstay_domain::AuditEvent;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub(crate) struct AuditEventBody {
    /// Identity, UUIDv7.
    id: Uuid,
    /// When it happened.
    at: DateTime<Utc>,
    /// What happened.
    #[schema(example = "auth.login_succeeded")]
    kind: String,
    /// Who did it; null for strangers and the system.
    #[schema(required)]
    actor_id: Option<Uuid>,
    /// The API key by which the actor did it; null for people who logged in.
    #[schema(required)]
    api_key_id: Option<Uuid>,
    /// Which user it happened to.
    #[schema(required)]
    subject_id: Option<Uuid>,
    /// Where the request came from.
    #[schema(required, example = "192.0.2.1")]
    ip: Option<String>,
    /// What the client called itself.
    #[schema(required, example = "curl/8.5.0")]
    user_agent: Option<String>,
    /// Finds the request in the logs.
    #[schema(required)]
    request_id: Option<String>,
    /// A word or two more.
    #[schema(required, example = "admin user")]
    detail: Option<String>,
}

impl From<AuditEvent> for AuditEventBody {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id.uuid(),
            at: event.at,
            kind: event.kind.to_string(),
            actor_id: event.actor_id.map(|id| id.uuid()),
            api_key_id: event.api_key_id.map(|id| id.uuid()),
            subject_id: event.subject_id.map(|id| id.uuid()),
            ip: event.origin.ip.map(|ip| ip.to_string()),
            user_agent: event.origin.user_agent,
            request_id: event.origin.request_id,
            detail: event.detail,
        }
    }
}
