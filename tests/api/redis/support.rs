//! Replicas with a Redis between them.

use std::time::{Duration, Instant};

use mainstay_adapters::RedisSettings;
use mainstay_testkit::{LoggedIn, TestApp, TestDatabase};
use serde_json::{Value, json};

use crate::support::Replicas;

/// How long something may take that takes a moment on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Two servers with this Redis on a fresh database, both connected to it.
pub async fn replicas(kind: TestDatabase, url: &str, settings: &[(&str, &str)]) -> Option<Replicas> {
    // A slow machine is no loss of Redis.
    let own = [("redis.url", url), ("redis.timeout", "5s")];
    let settings: Vec<_> = own.iter().chain(settings).copied().collect();
    let replicas = Replicas::on(kind, &settings).await?;
    both_see(&replicas, "up").await;
    Some(replicas)
}

/// The same for a part of a replica, without a server.
pub fn settings(url: &str) -> RedisSettings {
    RedisSettings {
        url: url.to_owned(),
        trusted: None,
        prefix: "mainstay".to_owned(),
        timeout: Duration::from_secs(5),
        connect_timeout: Duration::from_secs(5),
    }
}

/// Waits until both servers say this of Redis.
pub async fn both_see(replicas: &Replicas, status: &str) {
    for app in [&replicas.here, &replicas.there] {
        until("both see Redis go or come", async || {
            redis_of(app).await == status
        })
        .await;
    }
}

/// What readiness says of Redis. It never depends on it.
pub async fn redis_of(app: &TestApp) -> String {
    let ready = app.get("/health/ready").send().await.expect(200).json();
    let status = ready["components"]["redis"]["status"].as_str();
    status.unwrap_or("not there").to_owned()
}

/// Waits for a state, not for a time.
pub async fn until(what: &str, state: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !state().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A program's key that allows so many requests a minute.
pub async fn api_key(app: &TestApp, owner: &LoggedIn, per_minute: u32) -> String {
    let body = json!({ "name": "nightly report", "scopes": [], "rate_limit": per_minute });
    let made = app
        .post("/api/v1/auth/api-keys")
        .bearer(&owner.access_token)
        .json(body);
    let made: Value = made.send().await.expect(201).json();
    made["key"].as_str().unwrap().to_owned()
}

/// Counts what a key is let do, from its first request on.
pub struct Count {
    key: String,
    per_minute: u32,
    begun: Instant,
    pub allowed: u32,
}

impl Count {
    pub fn new(key: String, per_minute: u32) -> Self {
        Self {
            key,
            per_minute,
            begun: Instant::now(),
            allowed: 0,
        }
    }

    /// Sends so many requests by turns to both servers; each is answered, by 200 or 429.
    pub async fn send(&mut self, replicas: &Replicas, requests: usize) {
        for number in 0..requests {
            let app = [&replicas.here, &replicas.there][number % 2];
            let answer = app.get("/api/v1/users/me").bearer(&self.key).send().await;
            match answer.status() {
                200 => self.allowed += 1,
                429 => assert!(answer.header("retry-after").is_some()),
                other => panic!("{other}: {}", answer.text()),
            }
        }
    }

    /// The most that one limit allows in the time that has passed, however slow the machine is:
    /// what a replica knows of a bucket is as old as its last answer.
    pub fn most(&self) -> u32 {
        let passed = u32::try_from(self.begun.elapsed().as_secs()).unwrap() + 1;
        self.per_minute + passed * self.per_minute / 60 + 4
    }
}
