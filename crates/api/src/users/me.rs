//! `GET`, `PATCH` and `DELETE /users/me`.

use actix_web::{HttpResponse, delete, get, patch, web::Data};
use mainstay_services::users::UserService;

use super::{UserBody, profile_body::ProfileBody, user_etag};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, Caller, IfMatch, IfNoneMatch, RecentCaller, RequestOrigin, ValidJson},
};

/// Read own profile
#[utoipa::path(
    operation_id = "get_me",
    tag = "me",
    security(("bearer" = []), ("api_key" = [])),
    params(("If-None-Match" = Option<String>, Header, description = "Answer 304 if the profile still has this ETag.")),
    responses(
        (status = 200, description = "The caller.", body = UserBody, headers(("ETag" = String, description = "Version of the profile."))),
        (status = 304, description = "The profile has not changed."),
    ),
)]
#[get("/me")]
pub(super) async fn get_me(caller: AnyCaller, if_none_match: IfNoneMatch) -> HttpResponse {
    if_none_match.answer(&user_etag(&caller.user), || UserBody::from(&caller.user))
}

/// Change own profile
///
/// A JSON merge patch: left-out fields stay, `null` empties. The address is changed by mail.
#[utoipa::path(
    operation_id = "update_me",
    tag = "me",
    security(("bearer" = [])),
    params(("If-Match" = Option<String>, Header, description = "Change only if the profile still has this ETag.")),
    request_body = ProfileBody,
    responses(
        (status = 200, description = "The changed profile.", body = UserBody, headers(("ETag" = String, description = "Version of the profile."))),
        (status = 409, description = "USERNAME_TAKEN", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[patch("/me")]
pub(super) async fn update_me(
    users: Data<UserService>,
    caller: Caller,
    if_match: IfMatch,
    origin: RequestOrigin,
    body: ValidJson<ProfileBody>,
) -> Result<HttpResponse, ApiError> {
    let changes = body.0.parse()?;
    let expected = if_match.version_of(caller.user.id)?;
    let user = users.update_me(&caller, &changes, expected, &origin.0).await?;
    Ok(user_etag(&user).ok(&UserBody::from(&user)))
}

/// Delete own account
///
/// Ends every session at once. An administrator can restore the account until the grace
/// period ends; then it is removed for good.
#[utoipa::path(
    operation_id = "delete_me",
    tag = "me",
    security(("bearer" = [])),
    params(("If-Match" = Option<String>, Header, description = "Delete only if the profile still has this ETag.")),
    responses(
        (status = 204, description = "The account was deleted."),
        (status = 403, description = "REAUTHENTICATION_REQUIRED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "LAST_ADMINISTRATOR", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/me")]
pub(super) async fn delete_me(
    users: Data<UserService>,
    caller: RecentCaller,
    if_match: IfMatch,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match.version_of(caller.user.id)?;
    users.delete_me(&caller, expected, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
