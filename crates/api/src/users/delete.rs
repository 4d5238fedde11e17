//! `DELETE /users/{id}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::UserService;

use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, IfMatch, RequestOrigin, Require, UsersWrite},
};

/// Delete a user
///
/// Needs `users:write`. Ends every session of the user at once. The account can be enabled
/// again until the grace period ends; then it is removed for good.
#[utoipa::path(
    operation_id = "delete_user",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("If-Match" = Option<String>, Header, description = "Delete only if the user still has this ETag."),
    ),
    responses(
        (status = 204, description = "The user was deleted."),
        (status = 409, description = "LAST_ADMINISTRATOR", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/{id}")]
pub(super) async fn delete_user(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    id: IdPath<UserId>,
    if_match: IfMatch,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match.version_of(id.0)?;
    users.delete(&actor, (id.0, expected), &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
