//! `GET /auth/sessions` and `DELETE /auth/sessions/{id}`.

use actix_web::{HttpResponse, delete, get, web::Data};
use mainstay_domain::SessionId;
use mainstay_services::auth::AuthService;

use super::SessionBody;
use crate::{
    error::ApiError,
    extract::{Caller, IdPath, ListBody, ListQuery, NoFilter, PageParams, RequestOrigin},
};

/// List own sessions
///
/// Living sessions of the caller, newest login first.
#[utoipa::path(
    operation_id = "list_sessions",
    tag = "auth",
    security(("bearer" = [])),
    params(PageParams),
    responses((status = 200, description = "A page of sessions.", body = ListBody<SessionBody>)),
)]
#[get("/sessions")]
pub(super) async fn list_sessions(
    auth: Data<AuthService>,
    caller: Caller,
    query: ListQuery<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = auth.list_sessions(&caller, &query.page).await?;
    Ok(query.respond(page, |session| {
        SessionBody::new(session, Some(caller.session_id()))
    }))
}

/// End one of one's own sessions
///
/// It ends at once; its tokens work no more.
#[utoipa::path(
    operation_id = "revoke_session",
    tag = "auth",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The session.")),
    responses((status = 204, description = "The session has ended.")),
)]
#[delete("/sessions/{id}")]
pub(super) async fn revoke_session(
    auth: Data<AuthService>,
    caller: Caller,
    id: IdPath<SessionId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    auth.revoke_session(&caller, id.0, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
