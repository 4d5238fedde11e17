//! `POST /users/{id}/invite` and `/users/{id}/reset-password`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::UserService;

use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, RequestOrigin, Require, UsersWrite},
};

/// Mail another invitation
///
/// Needs `users:write`. Earlier invitations of the user stop working.
#[utoipa::path(
    operation_id = "invite_user",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses(
        (status = 202, description = "The mail is on its way."),
        (status = 409, description = "NOT_INVITED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/{id}/invite")]
pub(super) async fn invite_user(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    id: IdPath<UserId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    users.invite(&actor, id.0, &origin.0).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Mail a link to choose a new password
///
/// Needs `users:write`. Nobody but the user learns or sets a password.
#[utoipa::path(
    operation_id = "send_password_reset",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses(
        (status = 202, description = "The mail is on its way."),
        (status = 409, description = "NOT_ACTIVE", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/{id}/reset-password")]
pub(super) async fn send_password_reset(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    id: IdPath<UserId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    users.send_password_reset(&actor, id.0, &origin.0).await?;
    Ok(HttpResponse::Accepted().finish())
}
