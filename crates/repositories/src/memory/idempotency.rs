//! Remembered answers in memory.

use async_trait::async_trait;
use mainstay_domain::{IdempotencyRecord, StoredResponse, Timestamp, TokenHash};

use super::{
    access::{Access, Memory},
    state::purge,
};
use crate::{IdempotencyRepository, Result};

#[async_trait]
impl<A: Access> IdempotencyRepository for Memory<A> {
    async fn claim(&self, record: &IdempotencyRecord, now: Timestamp) -> Result<Option<IdempotencyRecord>> {
        self.0
            .write(|state| {
                let stored = state.idempotency.get(&record.key.0);
                let against = stored.filter(|stored| stored.expires_at >= now).cloned();
                if against.is_none() {
                    state.idempotency.insert(record.key.0, record.clone());
                }
                Ok(against)
            })
            .await
    }

    async fn complete(&self, key: &TokenHash, response: &StoredResponse) -> Result<()> {
        self.0
            .write(|state| {
                if let Some(stored) = state.idempotency.get_mut(&key.0) {
                    stored.response = Some(response.clone());
                }
                Ok(())
            })
            .await
    }

    async fn release(&self, claim: &IdempotencyRecord) -> Result<()> {
        let end = claim.expires_at.timestamp_micros();
        self.0
            .write(|state| {
                let held = state.idempotency.get(&claim.key.0);
                if held
                    .is_some_and(|held| held.response.is_none() && held.expires_at.timestamp_micros() == end)
                {
                    state.idempotency.remove(&claim.key.0);
                }
                Ok(())
            })
            .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.0
            .write(|state| {
                Ok(purge(&mut state.idempotency, limit, |stored| {
                    stored.expires_at < before
                }))
            })
            .await
    }
}
