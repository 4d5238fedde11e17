//! Which events to list.

use chrono::{DateTime, Utc};
use mainstay_domain::{AuditKind, AuditQuery, PageRequest, UserId};
use mainstay_services::audit::AuditService;
use serde::Deserialize;
use utoipa::{
    IntoParams,
    openapi::schema::{Object, Type},
};
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
    #[param(schema_with = kinds, example = "auth.login_succeeded")]
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

/// Every kind of Mainstay's own; [`crate::openapi`] adds the product's. Listed so that generated clients know them.
fn kinds() -> Object {
    Object::builder()
        .schema_type(Type::String)
        .enum_values(Some(AuditKind::ALL.iter().map(|kind| kind.as_str())))
        .build()
}

impl AuditFilter {
    pub(crate) fn parse(&self, audit: &AuditService, page: &PageRequest) -> Result<AuditQuery, ApiError> {
        let mut errors = FieldErrors::new();
        let kind = errors.check_optional("kind", self.kind.as_deref(), |name| audit.kind(name));
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
