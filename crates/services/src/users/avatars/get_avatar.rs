//! Showing an avatar.

use mainstay_domain::{Avatar, AvatarId, AvatarSize};

use super::{AvatarError, AvatarService};
use crate::ports::ObjectRead;

impl AvatarService {
    /// The avatar with this id, for whoever knows the id.
    ///
    /// # Errors
    /// `NotFound`, also if its user is not active: nobody is told which of them it is. `Failure`.
    #[tracing::instrument(name = "users.get_avatar", skip_all)]
    pub async fn get_avatar(&self, id: AvatarId) -> Result<Avatar, AvatarError> {
        let found = self.ports.store.read().avatars().find(id).await?;
        let avatar = found.ok_or(AvatarError::NotFound)?;
        let user = self.ports.store.read().users().find(avatar.user_id).await?;
        let shown = user.is_some_and(|user| user.is_active());
        shown.then_some(avatar).ok_or(AvatarError::NotFound)
    }

    /// The octets of an avatar in a size, or in the next one below that it has.
    ///
    /// # Errors
    /// `Storage`, `Failure`.
    #[tracing::instrument(name = "users.read_avatar", skip_all)]
    pub async fn read_avatar(&self, avatar: &Avatar, size: AvatarSize) -> Result<ObjectRead, AvatarError> {
        let octets = avatar.octets(size);
        let bucket = super::service::bucket()?;
        Ok(self.ports.storage.read_blob(&bucket, avatar.blob, octets).await?)
    }
}
