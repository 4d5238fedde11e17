//! Who is calling.

use std::sync::Arc;

use crate::{Permission, PermissionSet, Session, User};

/// An authenticated caller: a living session of an active user, and what it may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user, as stored.
    pub user: User,
    /// The session the access token belongs to.
    pub session: Session,
    /// Everything the user's roles grant.
    pub permissions: Arc<PermissionSet>,
}

impl Principal {
    /// Whether the caller holds `permission`.
    #[must_use]
    pub fn may(&self, permission: &Permission) -> bool {
        self.permissions.contains(permission)
    }
}
