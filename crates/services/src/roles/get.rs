//! Reading one role.

use mainstay_domain::{Role, RoleName};

use super::{RoleService, RolesError};

impl RoleService {
    /// The role with this name; asks for the permission `roles:read`.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "roles.get", skip_all)]
    pub async fn get(&self, name: &RoleName) -> Result<Role, RolesError> {
        let found = self.ports.store.read().roles().find(name).await?;
        found.map(|role| self.with_all(role)).ok_or(RolesError::NotFound)
    }

    /// Shows the administrator role with the permissions it really has: all of them.
    pub(super) fn with_all(&self, mut role: Role) -> Role {
        if role.name == RoleName::admin() {
            role.permissions = self.known_permissions().clone();
        }
        role
    }
}
