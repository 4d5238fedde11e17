//! `GET /users/me/audit-events`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_services::audit::AuditService;

use crate::{
    audit::{AuditEventBody, AuditFilter},
    error::ApiError,
    extract::{Caller, ListBody, ListQuery, PageParams},
};

/// List own audit events
///
/// What happened to the caller's account, newest first.
#[utoipa::path(
    operation_id = "list_my_audit_events",
    tag = "me",
    security(("bearer" = [])),
    params(PageParams, AuditFilter),
    responses((status = 200, description = "A page of events.", body = ListBody<AuditEventBody>)),
)]
#[get("/me/audit-events")]
pub(super) async fn list_my_audit_events(
    audit: Data<AuditService>,
    caller: Caller,
    query: ListQuery<AuditFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = audit
        .list_own(&caller, &query.filter.parse(&audit, &query.page)?)
        .await?;
    Ok(query.respond(page, AuditEventBody::from))
}
