//! Granting and taking roles.

use mainstay_domain::{AuditEvent, AuditKind, Origin, Principal, RoleName, User, UserId, Version};

use super::{UserService, UsersError, create::with_user_role};
use crate::authorization::outranks;

impl UserService {
    /// Replaces the roles of a user; takes effect at once. Asks for the permission
    /// `roles:write`. The role `user` always stays.
    ///
    /// # Errors
    /// `NotFound`, `UnknownRole`, `Outranked`, `LastAdministrator`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "users.set_roles", skip_all)]
    pub async fn set_roles(
        &self,
        actor: &Principal,
        (id, expected): (UserId, Option<Version>),
        roles: Vec<RoleName>,
        origin: &Origin,
    ) -> Result<User, UsersError> {
        let mut user = self.manageable(actor, id, expected).await?;
        let roles = with_user_role(roles);
        if !outranks(actor, &roles, &self.ports.roles).await? {
            return Err(UsersError::Outranked);
        }
        if roles == user.roles {
            return Ok(user);
        }
        let unit = self.begin_demotion(&user, &roles).await?;
        if let Err(error) = unit.users().set_roles(id, &roles).await {
            drop(unit);
            // A role that is not there and a user who was erased meanwhile look alike.
            self.get(id).await?;
            return Err(error.into());
        }
        let names: Vec<_> = roles.iter().map(RoleName::as_str).collect();
        let event = AuditEvent {
            detail: Some(names.join(" ").chars().take(255).collect()),
            ..self.event(AuditKind::UserRolesChanged, actor, id, origin)
        };
        user.roles = roles;
        self.save(unit, user, event).await
    }
}
