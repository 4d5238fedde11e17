//! A role as clients see it.

use chrono::{DateTime, Utc};
use mainstay_domain::{InvalidValue, Permission, PermissionSet, Role, RoleName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::{ApiError, ErrorCode, FieldErrors},
    extract::ETag,
};

/// A named set of permissions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub(super) struct RoleBody {
    /// Its name.
    #[schema(example = "support")]
    name: String,
    /// What it is for.
    #[schema(example = "Helps people with their accounts")]
    description: String,
    /// What it grants.
    #[schema(example = json!(["users:read"]))]
    permissions: Vec<String>,
    /// Built-in roles can be neither changed nor deleted.
    built_in: bool,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        Self {
            name: role.name.to_string(),
            description: role.description,
            permissions: role.permissions.iter().map(Permission::to_string).collect(),
            built_in: role.built_in,
            created_at: role.created_at,
            updated_at: role.updated_at,
        }
    }
}

pub(super) fn role_etag(role: &Role) -> ETag {
    ETag::of(&role.name, role.version)
}

/// The name in a path; what cannot be a role's name is no role.
pub(super) fn name_in_path(raw: &str) -> Result<RoleName, ApiError> {
    RoleName::parse(raw).map_err(|_| ApiError::new(ErrorCode::NOT_FOUND))
}

pub(super) fn parse_permissions(errors: &mut FieldErrors, raw: &[String]) -> PermissionSet {
    raw.iter()
        .filter_map(|name| errors.check("permissions", Permission::parse(name)))
        .collect()
}

/// A sentence that every database can keep.
pub(super) fn check_description(raw: &str) -> Result<String, InvalidValue> {
    if raw.chars().any(char::is_control) {
        return Err(InvalidValue::new(
            "INVALID_DESCRIPTION",
            "must not contain control characters",
        ));
    }
    Ok(raw.to_owned())
}
