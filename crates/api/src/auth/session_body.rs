//! A session as clients see it.

use chrono::{DateTime, Utc};
use mainstay_domain::{Session, SessionId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A login on a device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionBody {
    /// Identity.
    id: Uuid,
    /// Whether it is the one this request was made with.
    current: bool,
    /// Address at the login or the last refresh.
    #[schema(required, example = "192.0.2.1")]
    ip: Option<String>,
    /// Device at the login or the last refresh, as it called itself.
    #[schema(required, example = "curl/8.5.0")]
    user_agent: Option<String>,
    /// When the login happened.
    created_at: DateTime<Utc>,
    /// When tokens were last issued.
    last_used_at: DateTime<Utc>,
    /// When it ends unless refreshed.
    expires_at: DateTime<Utc>,
}

impl SessionBody {
    /// `session`, seen from the session `current`; none if an API key looks.
    pub(crate) fn new(session: Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.uuid(),
            current: Some(session.id) == current,
            ip: session.origin.ip.map(|ip| ip.to_string()),
            user_agent: session.origin.user_agent,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.idle_expires_at,
        }
    }
}
