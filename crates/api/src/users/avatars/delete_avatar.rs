//! `DELETE /users/me/avatar` and `DELETE /users/{id}/avatar`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::AvatarService;

use crate::{
    error::{ApiError, Problem},
    extract::{Caller, IdPath, IfMatch, RequestOrigin, Require, UsersWrite},
};

/// Remove own avatar
///
/// Doing it twice is no error. Its address is a 404 at once; browsers may show their copy for a day.
#[utoipa::path(
    operation_id = "delete_my_avatar",
    tag = "me",
    security(("bearer" = [])),
    responses((status = 204, description = "There is no avatar any more.")),
)]
#[delete("/me/avatar")]
pub(in crate::users) async fn delete_my_avatar(
    avatars: Data<AvatarService>,
    caller: Caller,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    avatars.delete_my_avatar(&caller, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Remove a user's avatar
///
/// Needs `users:write`. Doing it twice is no error.
#[utoipa::path(
    operation_id = "delete_user_avatar",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("If-Match" = Option<String>, Header, description = "Remove it only if the user still has this ETag."),
    ),
    responses(
        (status = 204, description = "There is no avatar any more."),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/{id}/avatar")]
pub(in crate::users) async fn delete_user_avatar(
    avatars: Data<AvatarService>,
    actor: Require<UsersWrite>,
    id: IdPath<UserId>,
    if_match: IfMatch,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match.version_of(id.0)?;
    avatars.delete_avatar(&actor, (id.0, expected), &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
