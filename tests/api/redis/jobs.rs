//! A job that is added here wakes a worker there.

use mainstay_domain::JobStatus;
use mainstay_testkit::{TestApp, TestDatabase};

use super::support::{redis_of, until};
use crate::{
    mail::written::{ended, write_down},
    support::RedisServer,
};

#[tokio::test]
async fn a_job_that_is_added_here_wakes_a_worker_there_that_looks_once_an_hour() {
    let Some(redis) = RedisServer::start() else { return };
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let server = || {
        TestApp::with("redis.url", &redis.url())
            .with("database.url", database.url())
            .with("mail.transport", "off")
            .with("jobs.poll_interval", "1h")
    };
    let here = server().start().await;
    let there = server().with("jobs.in_process", "true").start().await;
    for app in [&here, &there] {
        until("both see Redis", async || redis_of(app).await == "up").await;
    }
    // The first may be found because the worker there begins to listen; every further one only
    // because it hears of it.
    for _ in 0..3 {
        let id = write_down(&here).await;
        assert_eq!(ended(&there, id).await.status, JobStatus::Done);
    }
}
