//! `POST /users/{id}/mfa/reset`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::UserService;

use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, RecentCaller, RequestOrigin, Require, UsersWrite},
};

/// Remove a user's second factors
///
/// Needs `users:write`. For somebody who has lost every factor and the recovery codes. Ends
/// every session of the user at once and tells them by mail; be sure who is asking.
#[utoipa::path(
    operation_id = "reset_user_mfa",
    tag = "users",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses(
        (status = 204, description = "The user logs in with one factor now."),
        (status = 403, description = "PERMISSION_DENIED, INSUFFICIENT_PRIVILEGE, REAUTHENTICATION_REQUIRED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "OWN_MFA_RESET", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/{id}/mfa/reset")]
pub(super) async fn reset_user_mfa(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    _recent: RecentCaller,
    id: IdPath<UserId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    users.reset_mfa(&actor, id.0, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
