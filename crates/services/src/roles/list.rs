//! Listing roles.

use mainstay_domain::Role;

use super::{RoleService, RolesError};

impl RoleService {
    /// Every role, sorted by name; asks for the permission `roles:read`.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "roles.list", skip_all)]
    pub async fn list(&self) -> Result<Vec<Role>, RolesError> {
        let roles = self.ports.store.read().roles().list().await?;
        Ok(roles.into_iter().map(|role| self.with_all(role)).collect())
    }
}
