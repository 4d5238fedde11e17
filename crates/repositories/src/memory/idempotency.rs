//! Remembered answers in memory.

use async_trait::async_trait;
use mainstay_domain::{IdempotencyRecord, StoredResponse, Timestamp};

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

    async fn complete(&self, claim: &IdempotencyRecord, response: &StoredResponse) -> Result<()> {
        self.0
            .write(|state| {
                let stored = state.idempotency.get_mut(&claim.key.0);
                if let Some(stored) = stored.filter(|stored| is_held_by(stored, claim)) {
                    stored.response = Some(response.clone());
                }
                Ok(())
            })
            .await
    }

    async fn release(&self, claim: &IdempotencyRecord) -> Result<()> {
        self.0
            .write(|state| {
                let held = state.idempotency.get(&claim.key.0);
                if held.is_some_and(|held| is_held_by(held, claim)) {
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

/// Whether this claim still holds the key and has no answer.
fn is_held_by(stored: &IdempotencyRecord, claim: &IdempotencyRecord) -> bool {
    stored.response.is_none() && stored.expires_at.timestamp_micros() == claim.expires_at.timestamp_micros()
}
