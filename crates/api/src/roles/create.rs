//! `POST /roles`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::RoleName;
use mainstay_services::roles::{NewRole, RoleService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::role_body::{RoleBody, check_description, parse_permissions, role_etag};
use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{Idempotent, RequestOrigin, Require, RolesWrite, ValidJson},
};

/// A new role.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateRoleBody {
    /// 2 to 32 lower-case letters, digits, underscores or hyphens.
    #[schema(
        min_length = 2,
        max_length = 32,
        pattern = "^[a-z][a-z0-9_-]*$",
        example = "support"
    )]
    name: String,
    /// What it is for.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(
        required = false,
        max_length = 200,
        example = "Helps people with their accounts"
    )]
    description: String,
    /// What it grants; the caller must hold all of it.
    #[validate(length(max = 200))]
    #[schema(max_items = 200, example = json!(["users:read"]))]
    permissions: Vec<String>,
}

impl CreateRoleBody {
    fn parse(&self) -> Result<NewRole, ApiError> {
        let mut errors = FieldErrors::new();
        let name = errors.check("name", RoleName::parse(&self.name));
        let description = errors.check("description", check_description(&self.description));
        let permissions = parse_permissions(&mut errors, &self.permissions);
        match (name, description) {
            (Some(name), Some(description)) if errors.is_empty() => Ok(NewRole {
                name,
                description,
                permissions,
            }),
            _ => Err(errors.into()),
        }
    }
}

/// Create a role
///
/// Needs `roles:write`.
#[utoipa::path(
    operation_id = "create_role",
    tag = "roles",
    security(("bearer" = []), ("api_key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with the same key does not create twice.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = CreateRoleBody,
    responses(
        (status = 201, description = "The role.", body = RoleBody, headers(("Location" = String, description = "Where the role is."), ("ETag" = String, description = "Version of the role."))),
        (status = 409, description = "ROLE_TAKEN, IDEMPOTENCY_IN_PROGRESS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("")]
pub(super) async fn create_role(
    roles: Data<RoleService>,
    actor: Require<RolesWrite>,
    origin: RequestOrigin,
    idempotent: Idempotent,
    body: ValidJson<CreateRoleBody>,
) -> Result<HttpResponse, ApiError> {
    let new = body.0.parse()?;
    idempotent
        .run(async move {
            let role = roles.create(&actor, new, &origin.0).await?;
            let location = format!("/api/v1/roles/{}", role.name);
            Ok(role_etag(&role).created(&location, &RoleBody::from(role)))
        })
        .await
}
