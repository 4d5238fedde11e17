//! Redis does not answer.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures::future::{join, join_all};
use mainstay_testkit::{TestApp, TestDatabase};
use serde_json::json;

use super::support::{Count, api_key, both_see, redis_of, replicas, until};
use crate::support::RedisServer;

#[tokio::test]
async fn a_paused_redis_is_waited_for_once_and_then_passed_by() {
    let Some(redis) = RedisServer::start() else { return };
    // If each request waited so long, all of them would take minutes.
    let patient = [("redis.timeout", "5s")];
    let replicas = replicas(TestDatabase::Sqlite, &redis.url(), &patient)
        .await
        .unwrap();
    let owner = replicas.here.user("ada@example.com").await;
    let key = api_key(&replicas.here, &owner, 600).await;
    let mut count = Count::new(key, 600);
    redis.pause();
    let begun = Instant::now();
    count.send(&replicas, 50).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(100), "{took:?}");
    assert_eq!(count.allowed, 50);
    both_see(&replicas, "down").await;
    redis.resume();
    both_see(&replicas, "up").await;
    count.send(&replicas, 10).await;
    assert_eq!(count.allowed, 60);
}

#[tokio::test]
async fn redis_is_killed_and_comes_back_under_load_and_every_request_is_answered() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let generous = [("auth.api_key_rate_limit", "100000")];
    let replicas = replicas(TestDatabase::Sqlite, &redis.url(), &generous)
        .await
        .unwrap();
    let owner = replicas.here.user("ada@example.com").await;
    let key = api_key(&replicas.here, &owner, 100_000).await;
    let answered = AtomicUsize::new(0);
    let load = join_all((0..4).map(async |client| {
        let credential = [&key, &owner.access_token][client % 2];
        for number in 0..60 {
            let app = [&replicas.here, &replicas.there][number % 2];
            let answer = app.get("/api/v1/users/me").bearer(credential).send().await;
            answer.expect(200);
            answered.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let misfortune = async {
        until("some load", async || answered.load(Ordering::SeqCst) >= 60).await;
        redis.kill();
        until("more load", async || answered.load(Ordering::SeqCst) >= 140).await;
        redis.restart();
    };
    join(load, misfortune).await;
    both_see(&replicas, "up").await;
}

#[tokio::test]
async fn a_server_starts_without_the_redis_it_is_told_of_and_finds_it_later() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    redis.kill();
    let app = TestApp::with("redis.url", &redis.url()).start().await;
    let ada = app.user("ada@example.com").await;
    assert_eq!(redis_of(&app).await, "down");
    let key = api_key(&app, &ada, 60).await;
    app.get("/api/v1/users/me").bearer(&key).send().await.expect(200);
    redis.restart();
    until("the server finds it", async || redis_of(&app).await == "up").await;
    app.get("/api/v1/users/me").bearer(&key).send().await.expect(200);
}

#[tokio::test]
async fn guesses_at_a_password_are_counted_on_all_replicas_without_redis_too() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let throttled = [("throttle.enabled", "true"), ("throttle.account_free_tries", "4")];
    let replicas = replicas(TestDatabase::Sqlite, &redis.url(), &throttled)
        .await
        .unwrap();
    replicas.here.register("ada@example.com").await;
    redis.kill();
    let mut refused = 0;
    for number in 0..12 {
        let app = [&replicas.here, &replicas.there][number % 2];
        let guess = json!({ "email": "ada@example.com", "password": format!("wrong guess {number}") });
        let answer = app.post("/api/v1/auth/login").json(guess).send().await;
        assert!([401, 429].contains(&answer.status()), "{}", answer.text());
        refused += usize::from(answer.status() == 429);
    }
    assert!(refused >= 1, "nobody was slowed down");
}

#[tokio::test]
async fn a_redis_that_wants_another_password_is_told_of_without_secrets() {
    let Some(redis) = RedisServer::start_with(&["--requirepass", "open-sesame"]) else {
        return;
    };
    let url = format!("redis://:hush-hush-7@127.0.0.1:{}", redis.port);
    let app = TestApp::with("redis.url", &url).start().await;
    until("it is refused", async || {
        let ready = app.get("/health/ready").send().await.expect(200).text();
        assert!(!ready.contains("hush-hush"), "{ready}");
        redis_of(&app).await == "down"
    })
    .await;
    let right = format!("redis://:open-sesame@127.0.0.1:{}", redis.port);
    let app = TestApp::with("redis.url", &right).start().await;
    until("it is let in", async || redis_of(&app).await == "up").await;
}

#[tokio::test]
async fn without_a_redis_nobody_speaks_of_one() {
    let app = TestApp::start().await;
    assert_eq!(redis_of(&app).await, "not there");
}
