//! Avatars.

use async_trait::async_trait;
use mainstay_domain::{Avatar, AvatarId, UserId};

use crate::Result;

/// The pictures of users, one each at most.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AvatarRepository: Send + Sync {
    /// Adds the avatar of a user who has none.
    ///
    /// # Errors
    /// `Conflict` with `AVATARS_USER` if the user has one, with `REFERENCE` if there is no such user.
    async fn insert(&self, avatar: &Avatar) -> Result<()>;

    /// The avatar with this id.
    async fn find(&self, id: AvatarId) -> Result<Option<Avatar>>;

    /// The avatar of a user.
    async fn find_of(&self, user: UserId) -> Result<Option<Avatar>>;

    /// Removes an avatar; tells whether it was there.
    async fn delete(&self, id: AvatarId) -> Result<bool>;
}
