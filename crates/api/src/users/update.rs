//! `PATCH /users/{id}`.

use actix_web::{HttpResponse, patch, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::UserService;

use super::{UserBody, profile_body::UserChangesBody, user_etag};
use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, IfMatch, RequestOrigin, Require, UsersWrite, ValidJson},
};

/// Change a user
///
/// Needs `users:write`. A JSON merge patch: left-out fields stay, `null` empties.
#[utoipa::path(
    operation_id = "update_user",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("If-Match" = Option<String>, Header, description = "Change only if the user still has this ETag."),
    ),
    request_body = UserChangesBody,
    responses(
        (status = 200, description = "The changed user.", body = UserBody, headers(("ETag" = String, description = "Version of the user."))),
        (status = 409, description = "EMAIL_TAKEN, USERNAME_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[patch("/{id}")]
pub(super) async fn update_user(
    users: Data<UserService>,
    actor: Require<UsersWrite>,
    (id, if_match): (IdPath<UserId>, IfMatch),
    origin: RequestOrigin,
    body: ValidJson<UserChangesBody>,
) -> Result<HttpResponse, ApiError> {
    let changes = body.0.parse()?;
    let expected = if_match.version_of(id.0)?;
    let user = users
        .update(&actor, (id.0, expected), &changes, &origin.0)
        .await?;
    Ok(user_etag(&user).ok(&UserBody::from(&user)))
}
