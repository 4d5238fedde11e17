//! Deleting a role.

use mainstay_domain::{AuditKind, Origin, Principal, RoleName, Version};

use super::{RoleService, RolesError};

impl RoleService {
    /// Deletes a role and takes it from its holders at once; asks for the permission
    /// `roles:write`.
    ///
    /// # Errors
    /// `NotFound`, `BuiltIn`, `Outranked`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "roles.delete", skip_all)]
    pub async fn delete(
        &self,
        actor: &Principal,
        (name, expected): (&RoleName, Option<Version>),
        origin: &Origin,
    ) -> Result<(), RolesError> {
        self.changeable(actor, name, expected).await?;
        let unit = self.ports.store.begin().await?;
        if !unit.roles().delete(name).await? {
            return Err(RolesError::NotFound);
        }
        let event = self.event(AuditKind::RoleDeleted, actor, name, origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.forget();
        Ok(())
    }
}
