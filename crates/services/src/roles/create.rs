//! Making a role.

use mainstay_domain::{AuditKind, Origin, PermissionSet, Principal, Role, RoleName};

use super::{RoleService, RolesError};

/// A role to be made.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// Its name.
    pub name: RoleName,
    /// What it is for.
    pub description: String,
    /// What it grants.
    pub permissions: PermissionSet,
}

impl RoleService {
    /// Makes a role; asks for the permission `roles:write`.
    ///
    /// # Errors
    /// `Taken`, `UnknownPermission`, `Outranked`, `Failure`.
    #[tracing::instrument(name = "roles.create", skip_all)]
    pub async fn create(&self, actor: &Principal, new: NewRole, origin: &Origin) -> Result<Role, RolesError> {
        self.refuse_ungrantable(actor, &new.permissions)?;
        let event = self.event(AuditKind::RoleCreated, actor, &new.name, origin);
        let role = Role {
            name: new.name,
            description: new.description,
            permissions: new.permissions,
            built_in: false,
            version: 1,
            created_at: event.at,
            updated_at: event.at,
        };
        let unit = self.ports.store.begin().await?;
        unit.roles().insert(&role).await?;
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.forget();
        Ok(role)
    }
}
