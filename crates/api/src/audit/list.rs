//! `GET /audit-events`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_services::audit::AuditService;

use super::{AuditEventBody, AuditFilter};
use crate::{
    error::ApiError,
    extract::{AuditRead, ListBody, ListQuery, PageParams, Require},
};

/// List audit events
///
/// Needs `audit:read`. Newest first.
#[utoipa::path(
    operation_id = "list_audit_events",
    tag = "audit",
    security(("bearer" = []), ("api_key" = [])),
    params(PageParams, AuditFilter),
    responses((status = 200, description = "A page of events.", body = ListBody<AuditEventBody>)),
)]
#[get("")]
pub(super) async fn list_audit_events(
    audit: Data<AuditService>,
    _: Require<AuditRead>,
    query: ListQuery<AuditFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = audit.list(&query.filter.parse(&audit, &query.page)?).await?;
    Ok(query.respond(page, AuditEventBody::from))
}
