//! Tokens that work once, in memory.

use async_trait::async_trait;
use mainstay_domain::{OneTimeToken, Timestamp, TokenHash, TokenPurpose};

use super::{
    access::{Access, Memory},
    state::{insert_new, purge},
};
use crate::{OneTimeTokenRepository, Result, constraint};

#[async_trait]
impl<A: Access> OneTimeTokenRepository for Memory<A> {
    async fn insert(&self, token: &OneTimeToken) -> Result<()> {
        self.0
            .write(|state| {
                token.user_id.map_or(Ok(()), |id| state.require_user(id))?;
                insert_new(&mut state.one_time_tokens, token.hash.0, token, constraint::OTHER)
            })
            .await
    }

    async fn consume(
        &self,
        hash: &TokenHash,
        purpose: TokenPurpose,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>> {
        self.0
            .write(|state| {
                let stored = state.one_time_tokens.get(&hash.0);
                let works = stored.is_some_and(|token| token.purpose == purpose && now < token.expires_at);
                Ok(if works {
                    state.one_time_tokens.remove(&hash.0)
                } else {
                    None
                })
            })
            .await
    }

    async fn delete_all(&self, purpose: TokenPurpose) -> Result<u64> {
        self.0
            .write(|state| {
                Ok(purge(&mut state.one_time_tokens, u32::MAX, |token| {
                    token.purpose == purpose
                }))
            })
            .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.0
            .write(|state| {
                Ok(purge(&mut state.one_time_tokens, limit, |token| {
                    token.expires_at < before
                }))
            })
            .await
    }
}
