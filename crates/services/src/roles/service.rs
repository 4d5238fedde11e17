//! The service and what its use cases share.

use std::sync::Arc;

use mainstay_domain::{AuditEvent, AuditKind, Origin, PermissionSet, Principal, Role, RoleName, Version};
use mainstay_repositories::Store;

use super::RolesError;
use crate::{
    RoleCatalogue,
    audit::event,
    ports::{Clock, Entropy, PrincipalCache},
};

/// The ports behind [`RoleService`].
#[derive(Clone)]
pub struct RolePorts {
    /// Where data is kept.
    pub store: Arc<dyn Store>,
    /// Remembers principals.
    pub principals: Arc<dyn PrincipalCache>,
    /// Knows what roles grant.
    pub roles: Arc<RoleCatalogue>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
}

/// Administration of roles. Nobody can make a role that grants more than they hold.
pub struct RoleService {
    pub(super) ports: RolePorts,
}

impl RoleService {
    /// A service over `ports`.
    #[must_use]
    pub fn new(ports: RolePorts) -> Self {
        Self { ports }
    }

    /// Every permission anything asks for.
    #[must_use]
    pub fn known_permissions(&self) -> &PermissionSet {
        self.ports.roles.known()
    }

    pub(super) fn event(
        &self,
        kind: AuditKind,
        actor: &Principal,
        role: &RoleName,
        origin: &Origin,
    ) -> AuditEvent {
        AuditEvent {
            detail: Some(role.to_string()),
            ..event(&*self.ports.entropy, self.ports.clock.now(), kind, origin).by(actor)
        }
    }

    /// Refuses permissions nothing asks for, and those the caller does not hold.
    pub(super) fn refuse_ungrantable(
        &self,
        actor: &Principal,
        permissions: &PermissionSet,
    ) -> Result<(), RolesError> {
        if let Some(unknown) = permissions.difference(self.known_permissions()).next() {
            return Err(RolesError::UnknownPermission(unknown.to_string()));
        }
        if !permissions.is_subset(&actor.permissions) {
            return Err(RolesError::Outranked);
        }
        Ok(())
    }

    /// The role to be changed, if it may be and is the version the caller knows.
    pub(super) async fn changeable(
        &self,
        actor: &Principal,
        name: &RoleName,
        expected: Option<Version>,
    ) -> Result<Role, RolesError> {
        let role = self.get(name).await?;
        if role.built_in {
            return Err(RolesError::BuiltIn);
        }
        if expected.is_some_and(|version| version != role.version) {
            return Err(RolesError::VersionMismatch);
        }
        // A permission nothing asks for any more is no privilege.
        let granted = role.permissions.intersection(self.known_permissions());
        if granted
            .cloned()
            .collect::<PermissionSet>()
            .is_subset(&actor.permissions)
        {
            Ok(role)
        } else {
            Err(RolesError::Outranked)
        }
    }

    /// Makes a change to roles felt at once.
    pub(super) fn forget(&self) {
        self.ports.roles.forget();
        self.ports.principals.forget_all();
    }
}
