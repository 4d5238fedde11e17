//! `PUT /users/{id}/roles`.

use actix_web::{HttpResponse, put, web::Data};
use mainstay_domain::{RoleName, UserId};
use mainstay_services::users::UserService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{UserBody, user_etag};
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{IdPath, IfMatch, RequestOrigin, Require, RolesWrite, ValidJson},
};

/// The roles a user shall hold; `user` is always one of them.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetRolesBody {
    /// Names of roles.
    #[validate(length(max = 50))]
    #[schema(max_items = 50, example = json!(["user"]))]
    roles: Vec<String>,
}

pub(super) fn parse_roles(errors: &mut FieldErrors, raw: &[String]) -> Vec<RoleName> {
    raw.iter()
        .filter_map(|name| errors.check("roles", RoleName::parse(name)))
        .collect()
}

/// Set a user's roles
///
/// Needs `roles:write`. Takes effect at once. Nobody can grant or take what they may not do
/// themselves.
#[utoipa::path(
    operation_id = "set_user_roles",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("If-Match" = Option<String>, Header, description = "Change only if the user still has this ETag."),
    ),
    request_body = SetRolesBody,
    responses(
        (status = 200, description = "The user.", body = UserBody, headers(("ETag" = String, description = "Version of the user."))),
        (status = 409, description = "LAST_ADMINISTRATOR", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[put("/{id}/roles")]
pub(super) async fn set_user_roles(
    users: Data<UserService>,
    actor: Require<RolesWrite>,
    (id, if_match): (IdPath<UserId>, IfMatch),
    origin: RequestOrigin,
    body: ValidJson<SetRolesBody>,
) -> Result<HttpResponse, ApiError> {
    let mut errors = FieldErrors::new();
    let roles = parse_roles(&mut errors, &body.0.roles);
    errors.finish()?;
    let expected = if_match.version_of(id.0)?;
    let user = users
        .set_roles(&actor, (id.0, expected), roles, &origin.0)
        .await?;
    Ok(user_etag(&user).ok(&UserBody::from(&user)))
}
