//! `GET /roles/{name}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use mainstay_services::roles::RoleService;

use super::role_body::{RoleBody, name_in_path, role_etag};
use crate::{
    error::ApiError,
    extract::{IfNoneMatch, Require, RolesRead},
};

/// Read a role
///
/// Needs `roles:read`.
#[utoipa::path(
    operation_id = "get_role",
    tag = "roles",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("name" = String, Path, description = "The role."),
        ("If-None-Match" = Option<String>, Header, description = "Answer 304 if the role still has this ETag."),
    ),
    responses(
        (status = 200, description = "The role.", body = RoleBody, headers(("ETag" = String, description = "Version of the role."))),
        (status = 304, description = "The role has not changed."),
    ),
)]
#[get("/{name}")]
pub(super) async fn get_role(
    roles: Data<RoleService>,
    _: Require<RolesRead>,
    name: Path<String>,
    if_none_match: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let role = roles.get(&name_in_path(&name)?).await?;
    Ok(if_none_match.answer(&role_etag(&role), || RoleBody::from(role.clone())))
}
