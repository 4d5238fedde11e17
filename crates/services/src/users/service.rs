//! The service and what its use cases share.

use std::sync::Arc;

use mainstay_domain::{AuditEvent, AuditKind, Origin, Principal, RoleName, User, UserId, Version};
use mainstay_repositories::{Store, UnitOfWork};

use super::UsersError;
use crate::{
    RoleCatalogue,
    audit::event,
    authorization::outranks,
    mail::MailOutbox,
    ports::{Clock, Entropy, PrincipalCache},
};

/// The ports behind [`UserService`].
#[derive(Clone)]
pub struct UserPorts {
    /// Where data is kept.
    pub store: Arc<dyn Store>,
    /// Remembers principals.
    pub principals: Arc<dyn PrincipalCache>,
    /// Knows what roles grant.
    pub roles: Arc<RoleCatalogue>,
    /// Writes mails down.
    pub mail: Arc<MailOutbox>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
}

/// Profiles and the administration of users.
///
/// Whoever administers others must hold everything that they may do; otherwise the
/// permission to write users would be as good as being an administrator.
pub struct UserService {
    pub(super) ports: UserPorts,
}

impl UserService {
    /// A service over `ports`.
    #[must_use]
    pub fn new(ports: UserPorts) -> Self {
        Self { ports }
    }

    /// An audit event of something `actor` did to `subject`.
    pub(crate) fn event(
        &self,
        kind: AuditKind,
        actor: &Principal,
        subject: UserId,
        origin: &Origin,
    ) -> AuditEvent {
        AuditEvent {
            subject_id: Some(subject),
            ..event(&*self.ports.entropy, self.ports.clock.now(), kind, origin).by(actor)
        }
    }

    /// The user to be administered, if it is the version the caller knows and the caller
    /// outranks it.
    pub(crate) async fn manageable(
        &self,
        actor: &Principal,
        id: UserId,
        expected: Option<Version>,
    ) -> Result<User, UsersError> {
        let user = self.get(id).await?;
        self.refuse_unmanageable(actor, &user, expected).await?;
        Ok(user)
    }

    pub(super) async fn refuse_unmanageable(
        &self,
        actor: &Principal,
        user: &User,
        expected: Option<Version>,
    ) -> Result<(), UsersError> {
        refuse_other_version(user, expected)?;
        if actor.user.id != user.id && !outranks(actor, &user.roles, &self.ports.roles).await? {
            return Err(UsersError::Outranked);
        }
        Ok(())
    }

    /// Begins a unit of work after which a user holds `roles`, or none if they go, and that takes
    /// administrators away one at a time: of two administrators who remove each other at the same
    /// moment, one stays. Roles are locked before users, and they by their names, wherever both are.
    pub(super) async fn begin_demotion(
        &self,
        user: &User,
        roles: &[RoleName],
    ) -> Result<Box<dyn UnitOfWork>, UsersError> {
        let unit = self.ports.store.begin().await?;
        let admin = RoleName::admin();
        let (was, stays) = (user.has_role(&admin), roles.contains(&admin));
        if was || stays {
            unit.roles().lock(&admin).await?;
        }
        if was && !stays && user.is_active() {
            let users = unit.users();
            let others = users.count_active_with_role(&admin, Some(user.id)).await?;
            if others == 0 {
                return Err(UsersError::LastAdministrator);
            }
        }
        for role in roles.iter().filter(|role| **role != admin) {
            unit.roles().lock(role).await?;
        }
        // A login under way ends before this, and its session with it, or finds what is written here.
        unit.users().lock(user.id).await?;
        Ok(unit)
    }

    /// Writes a changed user and the event in one commit; the answer has the new version.
    pub(super) async fn save(
        &self,
        unit: Box<dyn UnitOfWork>,
        mut user: User,
        event: AuditEvent,
    ) -> Result<User, UsersError> {
        user.updated_at = event.at;
        if !unit.users().update(&user).await? {
            drop(unit);
            // Changed meanwhile, or erased.
            let found = self.ports.store.read().users().find(user.id).await?;
            return Err(found.map_or(UsersError::NotFound, |_| UsersError::VersionMismatch));
        }
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_user(user.id);
        user.version += 1;
        Ok(user)
    }
}

pub(super) fn refuse_other_version(user: &User, expected: Option<Version>) -> Result<(), UsersError> {
    match expected {
        Some(version) if version != user.version => Err(UsersError::VersionMismatch),
        _ => Ok(()),
    }
}
