//! `GET /roles` and `GET /permissions`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::Permission;
use mainstay_services::roles::RoleService;
use serde::Serialize;
use utoipa::ToSchema;

use super::role_body::RoleBody;
use crate::{
    error::ApiError,
    extract::{Require, RolesRead},
};

/// Every role.
#[derive(Serialize, ToSchema)]
#[schema(as = RoleList)]
pub(super) struct RoleListBody {
    /// Sorted by name.
    data: Vec<RoleBody>,
}

/// Every permission.
#[derive(Serialize, ToSchema)]
#[schema(as = PermissionList)]
pub(super) struct PermissionListBody {
    /// Sorted by name.
    #[schema(example = json!(["users:read", "users:write"]))]
    data: Vec<String>,
}

/// List roles
///
/// Needs `roles:read`. There are few, so they come all at once.
#[utoipa::path(
    operation_id = "list_roles",
    tag = "roles",
    security(("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "Every role.", body = RoleListBody)),
)]
#[get("")]
pub(super) async fn list_roles(
    roles: Data<RoleService>,
    _: Require<RolesRead>,
) -> Result<HttpResponse, ApiError> {
    let data = roles.list().await?.into_iter().map(RoleBody::from).collect();
    Ok(HttpResponse::Ok().json(RoleListBody { data }))
}

/// List permissions
///
/// Needs `roles:read`. Everything a role can grant.
#[utoipa::path(
    operation_id = "list_permissions",
    tag = "roles",
    security(("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "Every permission.", body = PermissionListBody)),
)]
#[get("")]
pub(super) async fn list_permissions(roles: Data<RoleService>, _: Require<RolesRead>) -> HttpResponse {
    let data = roles
        .known_permissions()
        .iter()
        .map(Permission::to_string)
        .collect();
    HttpResponse::Ok().json(PermissionListBody { data })
}
