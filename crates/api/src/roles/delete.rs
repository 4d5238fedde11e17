//! `DELETE /roles/{name}`.

use actix_web::{
    HttpResponse, delete,
    web::{Data, Path},
};
use mainstay_services::roles::RoleService;

use super::role_body::name_in_path;
use crate::{
    error::{ApiError, Problem},
    extract::{IfMatch, RequestOrigin, Require, RolesWrite},
};

/// Delete a role
///
/// Needs `roles:write`. Its holders lose what it granted at once.
#[utoipa::path(
    operation_id = "delete_role",
    tag = "roles",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("name" = String, Path, description = "The role."),
        ("If-Match" = Option<String>, Header, description = "Delete only if the role still has this ETag."),
    ),
    responses(
        (status = 204, description = "The role was deleted."),
        (status = 409, description = "ROLE_BUILT_IN", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/{name}")]
pub(super) async fn delete_role(
    roles: Data<RoleService>,
    actor: Require<RolesWrite>,
    name: Path<String>,
    if_match: IfMatch,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let name = name_in_path(&name)?;
    let expected = if_match.version_of(&name)?;
    roles.delete(&actor, (&name, expected), &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
