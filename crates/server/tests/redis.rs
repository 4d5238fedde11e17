//! What a whole process says of its Redis.
#![cfg(feature = "redis")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

#[path = "../../../tests/support/redis_server.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod redis_server;
#[path = "support/served.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod served;

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use redis_server::RedisServer;
use served::Served;

fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(dir).env_clear();
    command
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_redis_that_takes_commands_and_no_subscription_is_warned_of_once() {
    let mute = [
        "--user",
        "default",
        "on",
        "nopass",
        "~*",
        "&*",
        "+@all",
        "-subscribe",
    ];
    let Some(redis) = RedisServer::start_with(&mute) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (url, file) = (redis.url(), dir.path().join("app.log"));
    let settings = [
        ("REDIS_URL", url.as_str()),
        ("MAINSTAY_LOG__FILE", file.to_str().unwrap()),
        ("LOG_LEVEL", "info,mainstay_adapters=debug"),
    ];
    let server = Served::start(dir.path(), &settings);
    let count = |what: &str| {
        let text = fs::read_to_string(&file).unwrap_or_default();
        text.matches(what).count()
    };
    eventually("the third try to listen", || {
        count("announcements cannot be listened to") >= 3
    });
    assert_eq!(count("announcements of other replicas cannot be heard"), 1);
    let metrics = server.get("/metrics");
    assert!(metrics.contains("mainstay_redis_listening 0"), "{metrics}");
    assert!(metrics.contains("mainstay_redis_up 1"), "{metrics}");
}
