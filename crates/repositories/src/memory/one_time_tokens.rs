//! Tokens that work once, in memory.

use async_trait::async_trait;
use mainstay_domain::{OneTimeToken, Timestamp, TokenHash, TokenPurpose};

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
    let stored = state.one_time_tokens.get_mut(&hash.0)?;
    let works = !stored.used && stored.token.purpose == purpose && now < stored.token.expires_at;
    stored.used |= works;
    works.then(|| stored.token.clone())
}
