//! Which events to list.

use chrono::{DateTime, Utc};
use mainstay_domain::{AuditKind, AuditQuery, PageRequest, UserId};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use crate::error::{ApiError, FieldErrors};

/// Which events to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditFilter {
    /// Only events of this kind.
    #[validate(length(max = 64))]
    #[param(max_length = 64, example = "auth.login_succeeded")]
    kind: Option<String>,
    /// Only what this user did.
    actor_id: Option<Uuid>,
    /// Only what happened to this user.
    subject_id: Option<Uuid>,
    /// Only events at or after this time.
    since: Option<DateTime<Utc>>,
    /// Only events before this time.
    until: Option<DateTime<Utc>>,
}

impl AuditFilter {
    pub(crate) fn parse(&self, page: &PageRequest) -> Result<AuditQuery, ApiError> {
        let mut errors = FieldErrors::new();
        let kind = errors.check_optional("kind", self.kind.as_deref(), str::parse::<AuditKind>);
        errors.finish()?;
        Ok(AuditQuery {
            kind: kind.flatten(),
            actor_id: self.actor_id.map(UserId),
            subject_id: self.subject_id.map(UserId),
            since: self.since,
            until: self.until,
            page: page.clone(),
        })
    }
}
