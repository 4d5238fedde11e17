//! How often keys are used, counted by all replicas together.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::lock::Mutex as Lane;
use mainstay_domain::{ApiKeyId, ThrottleState, Timestamp};
use mainstay_repositories::Store;

use super::{ApiKeyError, key_table::KeyTable};
use crate::ports::{BucketsUnavailable, Draw, Drawn, SharedBuckets};

/// The window that limits speak of.
const MINUTE: Duration = Duration::from_secs(60);
/// Losing the race for a counter this often means that all replicas want it.
const MAX_RACES: usize = 8;
/// So much of a minute's worth is taken from the database at a time: 20 statements a minute and
/// replica instead of one for every request.
const BLOCKS_A_MINUTE: u32 = 20;
/// Keys whose turns at the database may wait for one another.
const LANES: usize = 64;
/// What was learned from the database, not from the shared buckets.
const FROM_DATABASE: u64 = u64::MAX;

/// Counts requests of keys in [`SharedBuckets`] and, while those do not answer, in the database,
/// so that a key's limit is one limit whatever the number of replicas, and no request is let
/// through uncounted.
///
/// What each bucket owed when it was seen last is remembered here and goes along when counting
/// moves from one to the other: neither a loss nor a return gives a key its minute again. Only
/// what other replicas took in the moments before a move may be overlooked.
pub(super) struct SharedMeter {
    buckets: Arc<dyn SharedBuckets>,
    store: Arc<dyn Store>,
    seen: Mutex<KeyTable<Seen>>,
    lanes: [Lane<()>; LANES],
}

/// What is known of a key's bucket.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// When it is full again, in microseconds.
    full_at: i64,
    /// Who said so.
    epoch: u64,
    /// Requests that the database has counted already and that were not made yet.
    granted: u32,
}

impl SharedMeter {
    pub(super) fn new(buckets: Arc<dyn SharedBuckets>, store: Arc<dyn Store>) -> Self {
        Self {
            buckets,
            store,
            seen: Mutex::default(),
            lanes: std::array::from_fn(|_| Lane::default()),
        }
    }

    /// Counts a request, or tells how long to wait.
    ///
    /// # Errors
    /// `RateLimited`; `Failure` if nobody can count.
    pub(super) async fn take(
        &self,
        key: ApiKeyId,
        per_minute: u32,
        now: Timestamp,
    ) -> Result<(), ApiKeyError> {
        let epoch = self.buckets.epoch();
        let draw = Draw {
            key: bucket(key),
            size: MINUTE,
            cost: MINUTE / per_minute.max(1),
            owed: self.forgotten(key, epoch, now),
        };
        match self.buckets.draw(&draw).await {
            Ok(drawn) => {
                self.learn(key, epoch, now, drawn);
                drawn.wait.map_or(Ok(()), refuse)
            }
            Err(BucketsUnavailable) => self.take_stored(key, per_minute.max(1), now).await,
        }
    }

    /// What the shared buckets may have forgotten about a key.
    fn forgotten(&self, key: ApiKeyId, epoch: u64, now: Timestamp) -> Duration {
        let seen = self.seen().get(key).copied();
        let other = seen.filter(|seen| seen.epoch != epoch);
        other.map_or(Duration::ZERO, |seen| owed(seen.full_at, now))
    }

    fn learn(&self, key: ApiKeyId, epoch: u64, now: Timestamp, drawn: Drawn) {
        let mut seen = self.seen();
        let entry = seen.entry(key, |seen| is_busy(seen, now));
        entry.full_at = now.timestamp_micros() + micros(drawn.owed);
        entry.epoch = epoch;
    }

    /// Counts in the database, some requests ahead.
    async fn take_stored(&self, key: ApiKeyId, per_minute: u32, now: Timestamp) -> Result<(), ApiKeyError> {
        if self.spend(key) {
            return Ok(());
        }
        // One request of this process asks for all that wait behind it.
        let _turn = self.lanes[lane(key)].lock().await;
        if self.spend(key) {
            return Ok(());
        }
        let throttles = self.store.read().throttles();
        let name = bucket(key);
        for _ in 0..MAX_RACES {
            let before = throttles.find(&name).await?;
            let (next, granted) = match self.ahead(key, per_minute, before, now) {
                Ok(ahead) => ahead,
                Err(wait) => return refuse(wait),
            };
            if throttles.advance(&name, before, &next).await? {
                self.grant(key, next.next_at, granted - 1, now);
                return Ok(());
            }
        }
        refuse(MINUTE / per_minute)
    }

    /// Takes as many requests ahead as there is room for, up to a block of them; or tells how long
    /// to wait for room for one.
    fn ahead(
        &self,
        key: ApiKeyId,
        per_minute: u32,
        stored: Option<ThrottleState>,
        now: Timestamp,
    ) -> Result<(ThrottleState, u32), Duration> {
        let known = self.seen().get(key).map_or(0, |seen| seen.full_at);
        let stored_at = stored.map_or(0, |state| state.next_at.timestamp_micros());
        let owed = owed(known.max(stored_at), now);
        let cost = MINUTE / per_minute;
        let room = (MINUTE - owed).as_nanos() / cost.as_nanos().max(1);
        let block = (per_minute / BLOCKS_A_MINUTE).max(1);
        let granted = block.min(u32::try_from(room).unwrap_or(u32::MAX));
        if granted == 0 {
            return Err((owed + cost).saturating_sub(MINUTE));
        }
        let full_at = now.timestamp_micros() + micros(owed + cost * granted);
        let next = ThrottleState {
            // Not a number of tries here: it tells one writer from the other.
            tries: stored.map_or(0, |state| state.tries.wrapping_add(1).max(0)),
            next_at: Timestamp::from_timestamp_micros(full_at).unwrap_or(now),
            last_at: now,
        };
        Ok((next, granted))
    }

    fn grant(&self, key: ApiKeyId, full_at: Timestamp, granted: u32, now: Timestamp) {
        let mut seen = self.seen();
        let entry = seen.entry(key, |seen| is_busy(seen, now));
        *entry = Seen {
            full_at: full_at.timestamp_micros(),
            epoch: FROM_DATABASE,
            granted,
        };
    }

    /// Uses up a request that was counted ahead.
    fn spend(&self, key: ApiKeyId) -> bool {
        let mut seen = self.seen();
        let granted = seen.get_mut(key).filter(|seen| seen.granted > 0);
        granted.is_some_and(|seen| {
            seen.granted -= 1;
            true
        })
    }

    fn seen(&self) -> MutexGuard<'_, KeyTable<Seen>> {
        // Whole after every statement, so a panic elsewhere has not harmed it.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse(retry_after: Duration) -> Result<(), ApiKeyError> {
    Err(ApiKeyError::RateLimited { retry_after })
}

/// Under this name a key's bucket is kept, here and there.
fn bucket(key: ApiKeyId) -> String {
    format!("api_key:{key}")
}

fn lane(key: ApiKeyId) -> usize {
    usize::from(key.0.as_bytes()[15]) % LANES
}

/// Never more than an empty bucket owes: a clock that was set back must not lock a key out.
fn owed(full_at: i64, now: Timestamp) -> Duration {
    let ahead = full_at.saturating_sub(now.timestamp_micros());
    Duration::from_micros(u64::try_from(ahead).unwrap_or(0)).min(MINUTE)
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// A key that rests owes nothing; without its requests that were counted ahead it can wait for others.
fn is_busy(seen: &Seen, now: Timestamp) -> bool {
    seen.full_at > now.timestamp_micros()
}

#[cfg(test)]
#[path = "shared_meter_tests.rs"]
mod tests;
