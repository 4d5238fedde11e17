//! `PATCH /roles/{name}`.

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};
use mainstay_services::roles::{RoleChanges, RoleService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::role_body::{RoleBody, check_description, name_in_path, parse_permissions, role_etag};
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{IfMatch, RequestOrigin, Require, RolesWrite, ValidJson},
};

/// Changes to a role. Left-out fields stay.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateRoleBody {
    /// What it is for.
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "Helps people with their accounts")]
    description: Option<String>,
    /// What it grants, all of it; the caller must hold all of it.
    #[validate(length(max = 200))]
    #[schema(max_items = 200, example = json!(["users:read"]))]
    permissions: Option<Vec<String>>,
}

impl UpdateRoleBody {
    fn parse(&self) -> Result<RoleChanges, ApiError> {
        let mut errors = FieldErrors::new();
        let description =
            errors.check_optional("description", self.description.as_deref(), check_description);
        let permissions = self
            .permissions
            .as_deref()
            .map(|raw| parse_permissions(&mut errors, raw));
        errors.finish()?;
        Ok(RoleChanges {
            description: description.flatten(),
            permissions,
        })
    }
}

/// Change a role
///
/// Needs `roles:write`. Takes effect at once for every holder.
#[utoipa::path(
    operation_id = "update_role",
    tag = "roles",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("name" = String, Path, description = "The role."),
        ("If-Match" = Option<String>, Header, description = "Change only if the role still has this ETag."),
    ),
    request_body = UpdateRoleBody,
    responses(
        (status = 200, description = "The changed role.", body = RoleBody, headers(("ETag" = String, description = "Version of the role."))),
        (status = 409, description = "ROLE_BUILT_IN", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[patch("/{name}")]
pub(super) async fn update_role(
    roles: Data<RoleService>,
    actor: Require<RolesWrite>,
    (name, if_match): (Path<String>, IfMatch),
    origin: RequestOrigin,
    body: ValidJson<UpdateRoleBody>,
) -> Result<HttpResponse, ApiError> {
    let name = name_in_path(&name)?;
    let changes = body.0.parse()?;
    let expected = if_match.version_of(&name)?;
    let role = roles
        .update(&actor, (&name, expected), changes, &origin.0)
        .await?;
    Ok(role_etag(&role).ok(&RoleBody::from(role)))
}
