//! API keys in memory.

use async_trait::async_trait;
use mainstay_domain::{
    ApiKey, ApiKeyId, ApiKeyName, Page, PageRequest, Position, SortValue, Timestamp, User, UserId,
};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{State, insert_new, purge},
};
use crate::{ApiKeyRepository, Result, constraint};

#[async_trait]
impl<A: Access> ApiKeyRepository for Memory<A> {
    async fn insert(&self, key: &ApiKey, most: u32) -> Result<bool> {
        self.0
            .write(|state| {
                state.require_user(key.user_id)?;
                let own = state
                    .api_keys
                    .values()
                    .filter(|stored| stored.user_id == key.user_id);
                if own.count() >= most as usize {
                    return Ok(false);
                }
                insert_new(&mut state.api_keys, key.id, key, constraint::OTHER)?;
                Ok(true)
            })
            .await
    }

    async fn find(&self, user_id: UserId, id: ApiKeyId) -> Result<Option<ApiKey>> {
        let own = |key: &&ApiKey| key.user_id == user_id;
        Ok(self.0.read(|state| state.api_keys.get(&id).filter(own).cloned()))
    }

    async fn find_with_user(&self, id: ApiKeyId) -> Result<Option<(ApiKey, User)>> {
        Ok(self.0.read(|state| {
            let key = state.api_keys.get(&id)?;
            let user = state.users.get(&key.user_id)?;
            Some((key.clone(), user.clone()))
        }))
    }

    async fn list(&self, user_id: UserId, page: &PageRequest) -> Result<Page<ApiKey>> {
        let own = |key: &&ApiKey| key.user_id == user_id;
        Ok(self.0.read(|state| {
            let rows = state.api_keys.values().filter(own).collect();
            page_of(rows, page, true, position)
        }))
    }

    async fn rename(&self, user_id: UserId, id: ApiKeyId, name: &ApiKeyName) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = own_key(state, user_id, id);
                Ok(stored.map(|key| key.name = name.clone()).is_some())
            })
            .await
    }

    async fn note_use(&self, id: ApiKeyId, at: Timestamp) -> Result<()> {
        self.0
            .write(|state| {
                if let Some(key) = state.api_keys.get_mut(&id) {
                    key.last_used_at = key.last_used_at.max(Some(at));
                }
                Ok(())
            })
            .await
    }

    async fn delete(&self, user_id: UserId, id: ApiKeyId) -> Result<bool> {
        self.0
            .write(|state| {
                let found = own_key(state, user_id, id).is_some();
                if found {
                    state.api_keys.remove(&id);
                }
                Ok(found)
            })
            .await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        self.0
            .write(|state| {
                let before = state.api_keys.len();
                state.api_keys.retain(|_, key| key.user_id != user_id);
                Ok((before - state.api_keys.len()) as u64)
            })
            .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let expired = |key: &ApiKey| key.expires_at.is_some_and(|end| end < before);
        self.0
            .write(|state| Ok(purge(&mut state.api_keys, limit, expired)))
            .await
    }
}

fn own_key(state: &mut State, user_id: UserId, id: ApiKeyId) -> Option<&mut ApiKey> {
    state.api_keys.get_mut(&id).filter(|key| key.user_id == user_id)
}

fn position(key: &ApiKey) -> Position {
    Position {
        value: SortValue::Micros(key.created_at.timestamp_micros()),
        id: key.id.uuid(),
    }
}
