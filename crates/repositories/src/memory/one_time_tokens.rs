//! Tokens that work once, in memory.

use async_trait::async_trait;
use mainstay_domain::{OneTimeToken, Timestamp, TokenHash, TokenPurpose, UserId};

use super::{
    access::{Access, Memory},
    state::{State, StoredToken, insert_new, purge},
};
use crate::{OneTimeTokenRepository, Result, constraint};

#[async_trait]
impl<A: Access> OneTimeTokenRepository for Memory<A> {
    async fn insert(&self, token: &OneTimeToken) -> Result<()> {
        self.0
            .write(|state| {
                token.user_id.map_or(Ok(()), |id| state.require_user(id))?;
                let row = StoredToken {
                    token: token.clone(),
                    used: false,
                };
                insert_new(&mut state.one_time_tokens, token.hash.0, &row, constraint::OTHER)
            })
            .await
    }

    async fn replace(&self, token: &OneTimeToken) -> Result<()> {
        self.0
            .write(|state| {
                token.user_id.map_or(Ok(()), |id| state.require_user(id))?;
                let row = StoredToken {
                    token: token.clone(),
                    used: false,
                };
                state.one_time_tokens.insert(token.hash.0, row);
                Ok(())
            })
            .await
    }

    async fn attempt(
        &self,
        hash: &TokenHash,
        purpose: TokenPurpose,
        max_tries: i32,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>> {
        self.0
            .write(|state| {
                let stored = usable(state, hash, purpose, now);
                let stored = stored.filter(|stored| stored.token.tries < max_tries);
                Ok(stored.map(|stored| {
                    stored.token.tries += 1;
                    stored.token.clone()
                }))
            })
            .await
    }

    async fn consume(
        &self,
        hash: &TokenHash,
        purpose: TokenPurpose,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>> {
        self.0.write(|state| Ok(consume(state, hash, purpose, now))).await
    }

    async fn delete_all(&self, purpose: TokenPurpose) -> Result<u64> {
        let meant = |stored: &StoredToken| stored.token.purpose == purpose;
        self.0
            .write(|state| Ok(purge(&mut state.one_time_tokens, u32::MAX, meant)))
            .await
    }

    async fn delete_for_user(&self, user_id: UserId, purpose: TokenPurpose) -> Result<u64> {
        let meant =
            |stored: &StoredToken| stored.token.purpose == purpose && stored.token.user_id == Some(user_id);
        self.0
            .write(|state| Ok(purge(&mut state.one_time_tokens, u32::MAX, meant)))
            .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = |stored: &StoredToken| stored.token.expires_at < before;
        self.0
            .write(|state| Ok(purge(&mut state.one_time_tokens, limit, stale)))
            .await
    }
}

fn consume(
    state: &mut State,
    hash: &TokenHash,
    purpose: TokenPurpose,
    now: Timestamp,
) -> Option<OneTimeToken> {
    let stored = usable(state, hash, purpose, now)?;
    stored.used = true;
    Some(stored.token.clone())
}

fn usable<'a>(
    state: &'a mut State,
    hash: &TokenHash,
    purpose: TokenPurpose,
    now: Timestamp,
) -> Option<&'a mut StoredToken> {
    let stored = state.one_time_tokens.get_mut(&hash.0)?;
    let works = !stored.used && stored.token.purpose == purpose && now < stored.token.expires_at;
    works.then_some(stored)
}
