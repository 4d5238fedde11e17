//! Taking an avatar away.

use mainstay_domain::{AuditEvent, AuditKind, Origin, Principal, User, UserId, Version};

use super::{
    AvatarError, AvatarService,
    change::Change,
    service::{MAX_RACES, outrun},
};
use crate::users::UsersError;

impl AvatarService {
    /// Takes the caller's own avatar away. Doing it twice is no error.
    ///
    /// # Errors
    /// `User`, `Failure`.
    #[tracing::instrument(name = "users.delete_my_avatar", skip_all)]
    pub async fn delete_my_avatar(&self, caller: &Principal, origin: &Origin) -> Result<(), AvatarError> {
        let users = &self.ports.users;
        for _ in 0..MAX_RACES {
            let found = self.ports.store.read().users().find(caller.user.id).await?;
            let user = found.ok_or(UsersError::NotFound)?;
            let event = users.event(AuditKind::UserUpdated, caller, user.id, origin);
            if self.take_away(user, event).await? {
                return Ok(());
            }
        }
        Err(outrun())
    }

    /// Takes somebody's avatar away; asks for the permission `users:write`. Doing it twice is no
    /// error.
    ///
    /// # Errors
    /// `User` with `NotFound`, `Outranked` or `VersionMismatch`; `Failure`.
    #[tracing::instrument(name = "users.delete_avatar", skip_all)]
    pub async fn delete_avatar(
        &self,
        actor: &Principal,
        (id, expected): (UserId, Option<Version>),
        origin: &Origin,
    ) -> Result<(), AvatarError> {
        let users = &self.ports.users;
        for _ in 0..MAX_RACES {
            let user = users.manageable(actor, id, expected).await?;
            let event = users.event(AuditKind::UserAvatarRemoved, actor, id, origin);
            if self.take_away(user, event).await? {
                return Ok(());
            }
        }
        Err(outrun())
    }

    /// Tells whether the user was as it was read. Also an address that an import brought goes.
    async fn take_away(&self, user: User, event: AuditEvent) -> Result<bool, AvatarError> {
        let before = self.ports.store.read().avatars().find_of(user.id).await?;
        if before.is_none() && user.avatar_url.is_none() {
            return Ok(true);
        }
        let change = Change {
            user: User {
                avatar_url: None,
                ..user
            },
            before,
            after: None,
        };
        Ok(self.save(change, event).await?.is_some())
    }
}
