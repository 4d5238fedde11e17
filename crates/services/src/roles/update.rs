//! Changing a role.

use mainstay_domain::{AuditKind, Origin, PermissionSet, Principal, Role, RoleName, Version};

use super::{RoleService, RolesError};

/// Changes to a role.
#[derive(Debug, Clone, Default)]
pub struct RoleChanges {
    /// What it is for.
    pub description: Option<String>,
    /// What it grants, all of it.
    pub permissions: Option<PermissionSet>,
}

impl RoleService {
    /// Changes a role; takes effect at once. Asks for the permission `roles:write`.
    ///
    /// # Errors
    /// `NotFound`, `BuiltIn`, `UnknownPermission`, `Outranked`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "roles.update", skip_all)]
    pub async fn update(
        &self,
        actor: &Principal,
        (name, expected): (&RoleName, Option<Version>),
        changes: RoleChanges,
        origin: &Origin,
    ) -> Result<Role, RolesError> {
        let mut role = self.changeable(actor, name, expected).await?;
        if let Some(permissions) = changes.permissions {
            self.refuse_ungrantable(actor, &permissions)?;
            role.permissions = permissions;
        }
        if let Some(description) = changes.description {
            role.description = description;
        }
        let event = self.event(AuditKind::RoleUpdated, actor, name, origin);
        role.updated_at = event.at;
        let unit = self.ports.store.begin().await?;
        if !unit.roles().update(&role).await? {
            return Err(RolesError::VersionMismatch);
        }
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.forget();
        role.version += 1;
        Ok(role)
    }
}
