//! A key has one limit, whatever the number of replicas.

use std::{sync::Arc, time::Duration};

use mainstay_adapters::RedisHub;
use mainstay_services::ports::Draw;
use mainstay_testkit::TestDatabase;
use uuid::Uuid;

use super::support::{Count, api_key, both_see, replicas, settings, until};
use crate::support::{RedisServer, tell_redis};

const PER_MINUTE: u32 = 20;

#[tokio::test]
async fn two_replicas_count_the_requests_of_a_key_together() {
    let Some(redis) = RedisServer::start() else { return };
    let replicas = replicas(TestDatabase::Sqlite, &redis.url(), &[("redis.prefix", "shop")])
        .await
        .unwrap();
    let owner = replicas.here.user("ada@example.com").await;
    let key = api_key(&replicas.here, &owner, PER_MINUTE).await;
    let mut count = Count::new(key, PER_MINUTE);
    count.send(&replicas, 60).await;
    let most = count.most();
    assert!(
        (PER_MINUTE..=most).contains(&count.allowed),
        "{} of {most}",
        count.allowed
    );
    let keys = tell_redis(redis.port, "KEYS *").unwrap();
    assert!(keys.contains("shop:api_key:"), "{keys}");
    for name in keys.lines().filter(|line| line.contains(':')) {
        assert!(name.starts_with("shop:"), "{name}");
        let left = tell_redis(redis.port, &format!("PTTL {name}")).unwrap();
        assert!(!left.starts_with(":-1"), "{name} stays for ever");
    }
}

#[tokio::test]
async fn a_loss_and_a_return_of_redis_under_load_lose_no_request_and_no_limit() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let Some(replicas) = replicas(TestDatabase::Postgres, &redis.url(), &[]).await else {
        return;
    };
    let owner = replicas.here.user("ada@example.com").await;
    let key = api_key(&replicas.here, &owner, PER_MINUTE).await;
    let mut count = Count::new(key, PER_MINUTE);
    count.send(&replicas, 6).await;
    redis.kill();
    count.send(&replicas, 40).await;
    both_see(&replicas, "down").await;
    count.send(&replicas, 20).await;
    redis.restart();
    count.send(&replicas, 20).await;
    both_see(&replicas, "up").await;
    count.send(&replicas, 40).await;
    let most = count.most();
    assert!(count.allowed >= PER_MINUTE / 2, "{} of {most}", count.allowed);
    assert!(count.allowed <= most, "{} of {most}", count.allowed);
}

#[tokio::test]
async fn what_was_taken_elsewhere_is_told_once_and_remembered_even_of_a_refusal() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let hub = RedisHub::new(settings(&redis.url()), Uuid::new_v4()).unwrap();
    let _tasks = hub.start(Arc::new(|_| {}));
    until("Redis is there", async || hub.state().is_ok()).await;
    let (hour, minute) = (Duration::from_secs(3600), Duration::from_secs(60));
    let draw = |owed, cost| Draw {
        key: "api_key:1".to_owned(),
        size: hour,
        cost,
        owed,
    };
    let buckets = hub.buckets();
    let first = buckets.draw(&draw(hour, minute)).await.unwrap();
    assert_eq!((first.owed, first.wait), (hour, Some(minute)));
    let second = buckets.draw(&draw(Duration::ZERO, hour)).await.unwrap();
    assert!(second.wait.is_some(), "{second:?}");
    // What a clock that was set back makes of it does no harm.
    let third = buckets.draw(&draw(hour * 24, minute)).await.unwrap();
    assert_eq!((third.owed, third.wait), (hour, Some(minute)));
}
