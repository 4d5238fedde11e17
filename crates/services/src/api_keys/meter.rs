//! How often keys are used: limits, and when they were last seen.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mainstay_domain::{ApiKeyId, Timestamp};

use super::key_table::KeyTable;

/// The window that limits speak of.
const MINUTE_MICROS: i64 = 60_000_000;

/// Counts requests of keys in this process: one lock, held for a few additions, and no statement
/// in the database. With several replicas a key may therefore make as many times its limit as
/// there are replicas, unless they count together (`SharedMeter`); the limit is there to
/// keep one program from taking a server for itself.
///
/// It is a bucket that holds a minute's worth of requests and is refilled evenly (the generic
/// cell rate algorithm): a key that has rested may make all of them at once.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// When the bucket of each key is full again, in microseconds.
    full_at: Mutex<KeyTable<i64>>,
    /// Uses that are not written down yet.
    uses: Mutex<HashMap<ApiKeyId, Timestamp>>,
}

impl Meter {
    /// Counts a request, or tells how long to wait.
    pub(super) fn take(&self, key: ApiKeyId, per_minute: u32, now: Timestamp) -> Result<(), Duration> {
        let now = now.timestamp_micros();
        let cost = MINUTE_MICROS / i64::from(per_minute.max(1));
        let mut buckets = lock(&self.full_at);
        let full_at = buckets.entry(key, |full_at| *full_at > now);
        let next = (*full_at).max(now) + cost;
        let wait = next - now - MINUTE_MICROS;
        if wait > 0 {
            return Err(Duration::from_micros(wait.unsigned_abs()));
        }
        *full_at = next;
        Ok(())
    }

    /// Remembers a use until it is written down.
    pub(super) fn note(&self, key: ApiKeyId, now: Timestamp) {
        lock(&self.uses).insert(key, now);
    }

    /// Forgets what was noted and hands it over.
    pub(super) fn take_uses(&self) -> HashMap<ApiKeyId, Timestamp> {
        std::mem::take(&mut lock(&self.uses))
    }
}

/// Both maps are whole after every statement, so a panic elsewhere has not harmed them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{super::key_table::SWEEP_AT, *};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_timestamp_millis(1_800_000_000_000 + millis).unwrap_or_default()
    }

    fn key(id: u128) -> ApiKeyId {
        ApiKeyId(Uuid::from_u128(id))
    }

    #[test]
    fn a_rested_key_may_make_a_minutes_worth_of_requests_at_once() {
        let meter = Meter::default();
        let allowed = (0..100).filter(|_| meter.take(key(1), 60, at(0)).is_ok());
        assert_eq!(allowed.count(), 60);
        assert_eq!(meter.take(key(1), 60, at(0)), Err(Duration::from_secs(1)));
        assert_eq!(meter.take(key(2), 60, at(0)), Ok(()), "another key");
    }

    #[test]
    fn the_limit_is_given_back_evenly_and_never_more_of_it() {
        let meter = Meter::default();
        while meter.take(key(1), 60, at(0)).is_ok() {}
        assert_eq!(meter.take(key(1), 60, at(999)), Err(Duration::from_millis(1)));
        assert_eq!(meter.take(key(1), 60, at(1_000)), Ok(()));
        assert!(meter.take(key(1), 60, at(1_000)).is_err());
        let later = (0..100).filter(|_| meter.take(key(1), 60, at(10_000_000)).is_ok());
        assert_eq!(later.count(), 60);
    }

    #[test]
    fn keys_that_rest_are_forgotten_when_there_are_too_many() {
        let meter = Meter::default();
        for id in 0..SWEEP_AT as u128 {
            assert_eq!(meter.take(key(id), 60, at(0)), Ok(()));
        }
        assert_eq!(meter.take(key(u128::MAX), 60, at(60_000)), Ok(()));
        assert_eq!(lock(&meter.full_at).len(), 1);
    }
}
