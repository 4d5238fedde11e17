//! Putting one avatar in the place of another.

use mainstay_domain::{AuditEvent, Avatar, BlobStatus, Timestamp, User};
use mainstay_repositories::{Store, UnitOfWork};

use crate::{Failure, storage::bury};

/// A user whose avatar changes.
pub(super) struct Change<'a> {
    /// The user as it was read, with the new address.
    pub user: User,
    /// The avatar that is there, read after the user.
    pub before: Option<Avatar>,
    /// The avatar that is to be there. Its octets are written.
    pub after: Option<&'a Avatar>,
}

impl Change<'_> {
    /// All of it or nothing; none if the user or the avatar is not as it was read any more.
    ///
    /// The user's row comes first: whoever holds it is alone with the avatar. The other way round,
    /// MySQL would let two changes lock each other out.
    pub(super) async fn save(
        self,
        store: &dyn Store,
        now: Timestamp,
        event: Option<AuditEvent>,
    ) -> Result<Option<User>, Failure> {
        let mut user = self.user;
        user.updated_at = now;
        let unit = store.begin().await?;
        if !unit.users().update(&user).await? {
            return Ok(None);
        }
        if let Some(before) = &self.before {
            if !unit.avatars().delete(before.id).await? {
                return Ok(None);
            }
            bury(&*unit, before.blob, now).await?;
        }
        if let Some(after) = self.after {
            take_over(&*unit, after, now).await?;
        }
        if let Some(event) = &event {
            unit.audit_events().append(event).await?;
        }
        unit.commit().await?;
        user.version += 1;
        Ok(Some(user))
    }
}

async fn take_over(unit: &dyn UnitOfWork, avatar: &Avatar, now: Timestamp) -> Result<(), Failure> {
    unit.avatars().insert(avatar).await?;
    let (blob, from) = (avatar.blob, BlobStatus::Writing);
    if unit.blobs().set_status(blob, from, BlobStatus::Kept, now).await? {
        return Ok(());
    }
    Err(Failure::Internal(format!(
        "blob {blob} was swept while it was written"
    )))
}
