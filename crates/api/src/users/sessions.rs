//! `GET` and `DELETE /users/{id}/sessions`.

use actix_web::{HttpResponse, delete, get, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::UserService;

use crate::{
    auth::SessionBody,
    error::ApiError,
    extract::{
        IdPath, ListBody, ListQuery, NoFilter, PageParams, RequestOrigin, Require, UsersRead, UsersWrite,
    },
};

/// List a user's sessions
///
/// Needs `users:read`. Living sessions, newest login first.
#[utoipa::path(
    operation_id = "list_user_sessions",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = uuid::Uuid, Path, description = "The user."), PageParams),
    responses((status = 200, description = "A page of sessions.", body = ListBody<SessionBody>)),
)]
#[get("/{id}/sessions")]
pub(super) async fn list_user_sessions(
    users: Data<UserService>,
    actor: Require<UsersRead>,
    id: IdPath<UserId>,
    query: ListQuery<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = users.list_sessions(id.0, &query.page).await?;
    let current = actor.session().map(|session| session.id);
    Ok(query.respond(page, |session| SessionBody::new(session, current)))
}

/// End a user's sessions
///
/// Needs `users:write`. They end at once; their tokens work no more.
#[utoipa::path(
    operation_id = "revoke_user_sessions",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 204, description = "All sessions have ended.")),
)]
#[delete("/{id}/sessions")]
pub(super) async fn revoke_user_sessions(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    id: IdPath<UserId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    users.revoke_sessions(&actor, id.0, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
