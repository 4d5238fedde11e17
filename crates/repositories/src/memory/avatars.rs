//! Avatars in memory.

use async_trait::async_trait;
use mainstay_domain::{Avatar, AvatarId, UserId};

use super::{
    access::{Access, Memory},
    state::{ensure, insert_new},
};
use crate::{AvatarRepository, Result, constraint};

#[async_trait]
impl<A: Access> AvatarRepository for Memory<A> {
    async fn insert(&self, avatar: &Avatar) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(avatar.user_id)?;
                let of_user = |other: &Avatar| other.user_id == avatar.user_id;
                ensure(!state.avatars.values().any(of_user), constraint::AVATARS_USER)?;
                insert_new(&mut state.avatars, avatar.id, avatar, constraint::OTHER)
            })
            .await
    }

    async fn find(&self, id: AvatarId) -> Result<Option<Avatar>> {
        Ok(self.0.read(|state| state.avatars.get(&id).cloned()))
    }

    async fn find_of(&self, user: UserId) -> Result<Option<Avatar>> {
        let of_user = |avatar: &&Avatar| avatar.user_id == user;
        Ok(self.0.read(|state| state.avatars.values().find(of_user).cloned()))
    }

    async fn delete(&self, id: AvatarId) -> Result<bool> {
        self.0
            .write(|state| Ok(state.avatars.remove(&id).is_some()))
            .await
    }
}
