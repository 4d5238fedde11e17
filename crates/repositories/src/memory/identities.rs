//! Identities at other providers, in memory.

use async_trait::async_trait;
use mainstay_domain::{Identity, IdentityId, IdentityKey, Timestamp, UserId};

use super::{
    access::{Access, Memory},
    state::{ensure, insert_new},
};
use crate::{IdentityRepository, Result, constraint};

#[async_trait]
impl<A: Access> IdentityRepository for Memory<A> {
    async fn insert(&self, identity: &Identity) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(identity.user_id)?;
                let free = state.identities.values().all(|stored| stored.key != identity.key);
                ensure(free, constraint::IDENTITIES_SUBJECT)?;
                insert_new(&mut state.identities, identity.id, identity, constraint::OTHER)
            })
            .await
    }

    async fn find(&self, key: &IdentityKey) -> Result<Option<Identity>> {
        Ok(self.0.read(|state| {
            state
                .identities
                .values()
                .find(|stored| stored.key == *key)
                .cloned()
        }))
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Identity>> {
        let mut own: Vec<Identity> = self.0.read(|state| {
            let own = state
                .identities
                .values()
                .filter(|stored| stored.user_id == user_id);
            own.cloned().collect()
        });
        own.sort_by_key(|identity| (identity.created_at, identity.id));
        Ok(own)
    }

    async fn record_use(&self, id: IdentityId, at: Timestamp) -> Result<()> {
        self.0
            .write(|state| {
                if let Some(identity) = state.identities.get_mut(&id) {
                    identity.last_used_at = Some(at);
                }
                Ok(())
            })
            .await
    }

    async fn delete(&self, user_id: UserId, id: IdentityId) -> Result<bool> {
        self.0
            .write(|state| {
                let own = state
                    .identities
                    .get(&id)
                    .is_some_and(|stored| stored.user_id == user_id);
                Ok(own && state.identities.remove(&id).is_some())
            })
            .await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        self.0
            .write(|state| {
                let before = state.identities.len();
                state.identities.retain(|_, stored| stored.user_id != user_id);
                Ok((before - state.identities.len()) as u64)
            })
            .await
    }
}
