//! A key has one limit, whatever the number of replicas.

use mainstay_testkit::TestDatabase;

use super::support::{Count, api_key, replicas};
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
    super::support::both_see(&replicas, "down").await;
    count.send(&replicas, 20).await;
    redis.restart();
    count.send(&replicas, 20).await;
    super::support::both_see(&replicas, "up").await;
    count.send(&replicas, 40).await;
    let most = count.most();
    assert!(count.allowed >= PER_MINUTE / 2, "{} of {most}", count.allowed);
    assert!(count.allowed <= most, "{} of {most}", count.allowed);
}
