//! Counters that slow guesses down, in memory.

use async_trait::async_trait;
use mainstay_domain::{ThrottleState, Timestamp};

use super::{
    access::{Access, Memory},
    state::purge,
};
use crate::{Result, ThrottleRepository};

#[async_trait]
impl<A: Access> ThrottleRepository for Memory<A> {
    async fn find(&self, key: &str) -> Result<Option<ThrottleState>> {
        Ok(self.0.read(|state| state.throttles.get(key).copied()))
    }

    async fn advance(
        &self,
        key: &str,
        expected: Option<ThrottleState>,
        next: &ThrottleState,
    ) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.throttles.get(key).copied();
                let unchanged = stored.map(guard) == expected.map(guard);
                if unchanged {
                    state.throttles.insert(key.to_owned(), *next);
                }
                Ok(unchanged)
            })
            .await
    }

    async fn clear(&self, key: &str) -> Result<()> {
        self.0
            .write(|state| {
                state.throttles.remove(key);
                Ok(())
            })
            .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.0
            .write(|state| {
                Ok(purge(&mut state.throttles, limit, |stored| {
                    stored.last_at < before
                }))
            })
            .await
    }
}

/// What tells one state from another.
fn guard(state: ThrottleState) -> (i32, Timestamp) {
    (state.tries, state.last_at)
}
