//! `GET /users/{id}`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::UserId;
use mainstay_services::users::UserService;

use super::{UserBody, user_etag};
use crate::{
    error::ApiError,
    extract::{IdPath, IfNoneMatch, Require, UsersRead},
};

/// Read a user
///
/// Needs `users:read`. A deleted user is not there; the list shows it with `status=deleted`.
#[utoipa::path(
    operation_id = "get_user",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("If-None-Match" = Option<String>, Header, description = "Answer 304 if the user still has this ETag."),
    ),
    responses(
        (status = 200, description = "The user.", body = UserBody, headers(("ETag" = String, description = "Version of the user."))),
        (status = 304, description = "The user has not changed."),
    ),
)]
#[get("/{id}")]
pub(super) async fn get_user(
    users: Data<UserService>,
    _: Require<UsersRead>,
    id: IdPath<UserId>,
    if_none_match: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let user = users.get(id.0).await?;
    Ok(if_none_match.answer(&user_etag(&user), || UserBody::from(&user)))
}
