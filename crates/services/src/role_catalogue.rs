//! What roles grant, remembered for a second.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::Duration;
use mainstay_domain::{ADMIN_ROLE, Permission, PermissionSet, RoleName, Timestamp};
use mainstay_repositories::{Result, Store};

use crate::ports::Clock;

/// A change on another replica is seen within a second: this long, and the time a read takes.
const FRESH_FOR: Duration = Duration::milliseconds(900);

type Grants = Arc<HashMap<RoleName, PermissionSet>>;

/// Knows every permission anything asks for, and which roles grant which.
pub struct RoleCatalogue {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    known: Arc<PermissionSet>,
    grants: RwLock<Option<(Timestamp, Grants)>>,
}

impl RoleCatalogue {
    /// A catalogue over Mainstay's own permissions and those of the product.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        product: impl IntoIterator<Item = Permission>,
    ) -> Self {
        let known = Permission::BUILT_IN.into_iter().chain(product).collect();
        Self {
            store,
            clock,
            known: Arc::new(known),
            grants: RwLock::new(None),
        }
    }

    /// Every permission there is.
    #[must_use]
    pub fn known(&self) -> &PermissionSet {
        &self.known
    }

    /// Everything `roles` grant together. The `admin` role grants all there is.
    ///
    /// # Errors
    /// What the store says.
    pub async fn permissions_of(&self, roles: &[RoleName]) -> Result<Arc<PermissionSet>> {
        if roles.iter().any(|role| role.as_str() == ADMIN_ROLE) {
            return Ok(Arc::clone(&self.known));
        }
        let grants = self.grants().await?;
        let granted = roles.iter().filter_map(|role| grants.get(role)).flatten();
        Ok(Arc::new(
            granted
                .filter(|permission| self.known.contains(*permission))
                .cloned()
                .collect(),
        ))
    }

    /// Forgets what was remembered; to be called when a role changes.
    pub fn forget(&self) {
        *self.grants.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn grants(&self) -> Result<Grants> {
        let now = self.clock.now();
        if let Some((at, grants)) = &*self.grants.read().unwrap_or_else(PoisonError::into_inner)
            && now - *at < FRESH_FOR
        {
            return Ok(Arc::clone(grants));
        }
        let roles = self.store.read().roles().list().await?;
        let grants: Grants = Arc::new(
            roles
                .into_iter()
                .map(|role| (role.name, role.permissions))
                .collect(),
        );
        *self.grants.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&grants)));
        Ok(grants)
    }
}
