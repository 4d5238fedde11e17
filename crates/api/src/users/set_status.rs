//! `POST /users/{id}/disable` and `/users/{id}/enable`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::UserService;

use super::{UserBody, user_etag};
use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, IfMatch, RequestOrigin, Require, UsersWrite},
};

/// Disable a user
///
/// Needs `users:write`. Ends every session of the user at once.
#[utoipa::path(
    operation_id = "disable_user",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("If-Match" = Option<String>, Header, description = "Disable only if the user still has this ETag."),
    ),
    responses(
        (status = 200, description = "The disabled user.", body = UserBody, headers(("ETag" = String, description = "Version of the user."))),
        (status = 409, description = "LAST_ADMINISTRATOR", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/{id}/disable")]
pub(super) async fn disable_user(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    id: IdPath<UserId>,
    if_match: IfMatch,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match.version_of(id.0)?;
    let user = users.disable(&actor, (id.0, expected), &origin.0).await?;
    Ok(user_etag(&user).ok(&UserBody::from(&user)))
}

/// Enable a user
///
/// Needs `users:write`. Restores a deleted user within the grace period too.
#[utoipa::path(
    operation_id = "enable_user",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("If-Match" = Option<String>, Header, description = "Enable only if the user still has this ETag."),
    ),
    responses(
        (status = 200, description = "The enabled user.", body = UserBody, headers(("ETag" = String, description = "Version of the user."))),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/{id}/enable")]
pub(super) async fn enable_user(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    id: IdPath<UserId>,
    if_match: IfMatch,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match.version_of(id.0)?;
    let user = users.enable(&actor, (id.0, expected), &origin.0).await?;
    Ok(user_etag(&user).ok(&UserBody::from(&user)))
}
