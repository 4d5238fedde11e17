//! Tests of the shared meter, over the store in memory.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use async_trait::async_trait;
use mainstay_repositories::{RepositoryError, memory::MemoryStore, mock::MockRepositories};
use uuid::Uuid;

use super::{super::key_table::SWEEP_AT, *};

const KEY: ApiKeyId = ApiKeyId(Uuid::from_u128(1));
const LIMIT: u32 = 60;

/// Buckets that go away, and forget everything while they are gone.
#[derive(Default)]
struct Fickle {
    gone: AtomicBool,
    epoch: AtomicU64,
    full_at: Mutex<HashMap<String, i64>>,
    now: Mutex<i64>,
}

impl Fickle {
    fn goes(&self) {
        self.gone.store(true, Ordering::SeqCst);
        self.full_at.lock().unwrap().clear();
    }

    fn returns(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.gone.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl SharedBuckets for Fickle {
    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    async fn draw(&self, draw: &Draw) -> Result<Drawn, BucketsUnavailable> {
        if self.gone.load(Ordering::SeqCst) {
            return Err(BucketsUnavailable);
        }
        let now = *self.now.lock().unwrap();
        let mut all = self.full_at.lock().unwrap();
        let full_at = all.entry(draw.key.clone()).or_default();
        let before = (*full_at).max(now + micros(draw.owed));
        let next = before + micros(draw.cost);
        let wait = next - now - micros(draw.size);
        if wait > 0 {
            *full_at = before;
            let wait = Some(Duration::from_micros(wait.unsigned_abs()));
            let owed = Duration::from_micros((before - now).unsigned_abs());
            return Ok(Drawn { owed, wait });
        }
        *full_at = next;
        let owed = Duration::from_micros((next - now).unsigned_abs());
        Ok(Drawn { owed, wait: None })
    }
}

/// Two replicas that share buckets and a store.
fn replicas() -> ([SharedMeter; 2], Arc<Fickle>) {
    let buckets = Arc::new(Fickle::default());
    *buckets.now.lock().unwrap() = at(0).timestamp_micros();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let meter = || SharedMeter::new(Arc::clone(&buckets) as Arc<dyn SharedBuckets>, Arc::clone(&store));
    ([meter(), meter()], buckets)
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_timestamp_millis(1_800_000_000_000 + millis).unwrap()
}

/// How many of so many requests are let through, by turns at both replicas.
async fn allowed(meters: &[SharedMeter; 2], requests: usize, now: Timestamp) -> usize {
    let mut allowed = 0;
    for number in 0..requests {
        match meters[number % 2].take(KEY, LIMIT, now).await {
            Ok(()) => allowed += 1,
            Err(ApiKeyError::RateLimited { retry_after }) => {
                assert!(
                    retry_after > Duration::ZERO && retry_after <= MINUTE,
                    "{retry_after:?}"
                );
            }
            Err(other) => panic!("{other}"),
        }
    }
    allowed
}

#[tokio::test]
async fn replicas_share_one_limit_as_long_as_the_buckets_are_there() {
    let (meters, _) = replicas();
    assert_eq!(allowed(&meters, 200, at(0)).await, 60);
}

#[tokio::test]
async fn replicas_share_one_limit_in_the_store_when_the_buckets_are_gone() {
    let (meters, buckets) = replicas();
    buckets.goes();
    assert_eq!(allowed(&meters, 200, at(0)).await, 60);
    assert_eq!(allowed(&meters, 200, at(0)).await, 0, "the limit is used up");
    assert_eq!(
        allowed(&meters, 200, at(10_000)).await,
        10,
        "and comes back evenly"
    );
}

#[tokio::test]
async fn a_loss_and_a_return_give_no_key_its_minute_again() {
    let (meters, buckets) = replicas();
    let mut sum = allowed(&meters, 20, at(0)).await;
    buckets.goes();
    sum += allowed(&meters, 30, at(0)).await;
    buckets.returns();
    sum += allowed(&meters, 200, at(0)).await;
    // At each of the two moves a replica may overlook the other's last block.
    assert!((60..=60 + 2 * 3).contains(&sum), "{sum}");
    buckets.goes();
    buckets.returns();
    assert_eq!(
        allowed(&meters, 200, at(0)).await,
        0,
        "gone and back between two requests"
    );
}

#[tokio::test]
async fn a_store_that_does_not_answer_lets_nobody_through() {
    let buckets = Arc::new(Fickle::default());
    buckets.goes();
    let mut repositories = MockRepositories::new();
    let down = || RepositoryError::Unavailable("down".to_owned());
    repositories
        .throttles
        .expect_find()
        .returning(move |_| Err(down()));
    let meter = SharedMeter::new(buckets, repositories.into_store());
    let refused = meter.take(KEY, LIMIT, at(0)).await;
    assert!(matches!(refused, Err(ApiKeyError::Failure(_))), "{refused:?}");
}

#[tokio::test]
async fn keys_that_rest_are_forgotten_when_there_are_too_many() {
    let (meters, buckets) = replicas();
    for id in 0..SWEEP_AT as u128 {
        meters[0]
            .take(ApiKeyId(Uuid::from_u128(id)), LIMIT, at(0))
            .await
            .unwrap();
    }
    *buckets.now.lock().unwrap() = at(60_000).timestamp_micros();
    meters[0]
        .take(ApiKeyId(Uuid::max()), LIMIT, at(60_000))
        .await
        .unwrap();
    assert_eq!(meters[0].seen().len(), 1);
}
