//! Roles and the permissions they grant.

use async_trait::async_trait;
use mainstay_domain::{Role, RoleName};

use crate::Result;

/// Roles; there are few, so they are listed whole.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RoleRepository: Send + Sync {
    /// Every role, sorted by name.
    async fn list(&self) -> Result<Vec<Role>>;

    /// The role with this name.
    async fn find(&self, name: &RoleName) -> Result<Option<Role>>;

    /// Adds a role.
    ///
    /// # Errors
    /// `Conflict` with `ROLES_NAME`.
    async fn insert(&self, role: &Role) -> Result<()>;

    /// Writes description, permissions and `updated_at`, and counts the version up, if the
    /// stored version still is `role.version`. Tells whether it was.
    async fn update(&self, role: &Role) -> Result<bool>;

    /// Removes a role and takes it from its holders. Tells whether it was there.
    async fn delete(&self, name: &RoleName) -> Result<bool>;

    /// Makes every other unit of work that locks the same role wait until this one ends. Call
    /// it first in the unit of work. Tells whether the role exists.
    async fn lock(&self, name: &RoleName) -> Result<bool>;
}
