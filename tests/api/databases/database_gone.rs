//! The database goes away and comes back.

use std::time::{Duration, Instant};

use futures::future::join_all;
use mainstay_testkit::{OwnDatabase, TestApp, TestDatabase};
use serde_json::json;

use crate::support::{CuttableProxy, Line};

/// The longest a client waits for an answer, whatever happened to the database.
const PATIENCE: Duration = Duration::from_secs(15);

/// A server whose database is behind a line that can be cut.
async fn behind_a_line(kind: TestDatabase) -> Option<(TestApp, CuttableProxy, OwnDatabase)> {
    let database = kind.create().await?;
    let url = database.url().to_owned();
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, name) = rest.split_once('/').unwrap();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let line = CuttableProxy::to(host.to_owned()).await;
    let at = if user.is_empty() {
        String::new()
    } else {
        format!("{user}@")
    };
    let app = TestApp::with("database.url", &format!("{scheme}://{at}{}/{name}", line.addr));
    let app = app
        .with("server.request_timeout", "4s")
        .with("database.acquire_timeout", "1s")
        .with("database.statement_timeout", "2s");
    Some((app.start().await, line, database))
}

async fn liveness_stays_requests_get_503_and_all_recovers(kind: TestDatabase, broken: Line) {
    let Some((app, line, _database)) = behind_a_line(kind).await else {
        return;
    };
    let ada = app.user("ada@example.com").await;
    let body = json!({ "refresh_token": ada.refresh_token });
    line.set(broken);
    // Beyond what the principal cache may remember.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    app.get("/health").send().await.expect(200);
    let started = Instant::now();
    let ready = app.get("/health/ready").send().await.expect(503).json();
    assert_eq!(ready["components"]["database"]["status"], "down");
    assert!(
        started.elapsed() < PATIENCE,
        "readiness took {:?}",
        started.elapsed()
    );
    let health = app.get("/health/db").send().await.expect(503).json();
    assert_eq!(health["database_connected"], false);
    for request in [
        app.get("/api/v1/users/me").bearer(&ada.access_token),
        app.post("/api/v1/auth/refresh").json(body.clone()),
        app.post("/api/v1/auth/login")
            .json(json!({ "email": "ada@example.com", "password": "x" })),
    ] {
        let started = Instant::now();
        let answer = request.send().await.expect(503);
        assert!(
            started.elapsed() < PATIENCE,
            "an answer took {:?}",
            started.elapsed()
        );
        let code = answer.json()["code"].as_str().unwrap().to_owned();
        assert!(["UNAVAILABLE", "TIMEOUT"].contains(&code.as_str()), "{code}");
        answer.expect_problem(503, &code);
    }
    line.set(Line::Whole);
    let mended = Instant::now();
    while app.get("/health/ready").send().await.status() != 200 {
        assert!(
            mended.elapsed() < Duration::from_secs(30),
            "not ready 30 s after the return"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    app.get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    app.post("/api/v1/auth/refresh")
        .json(body)
        .send()
        .await
        .expect(200);
}

/// Waits until no connection is on its way back to the pool: sqlx lets it prove itself for as long as that
/// takes, and nobody waits for it who could give up.
async fn at_rest(app: &TestApp) {
    let mut calm = 0;
    while calm < 5 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let health = app.get("/health/db").send().await.expect(200).json();
        // Its own is one.
        let active = health["connection_pool"]["active"].as_u64().unwrap();
        calm = if active <= 1 { calm + 1 } else { 0 };
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
}

/// Connections whose other end is gone without a word are let go, whoever holds them.
async fn all_recovers_though_what_was_open_stays_silent(kind: TestDatabase) {
    let Some((app, line, _database)) = behind_a_line(kind).await else {
        return;
    };
    let ada = app.user("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": "wrong, and it is looked up" });
    let all = || join_all((0..20).map(|_| app.post("/api/v1/auth/login").json(body.clone()).send()));
    all().await;
    at_rest(&app).await;
    line.set(Line::FailedOver);
    let lost = Instant::now();
    loop {
        let answered = all().await.iter().all(|answer| answer.status() != 503);
        if answered && app.get("/health/ready").send().await.status() == 200 {
            break;
        }
        assert!(
            lost.elapsed() < Duration::from_secs(90),
            "places in the pool are lost"
        );
    }
    let me = app.get("/api/v1/users/me").bearer(&ada.access_token);
    me.send().await.expect(200);
}

#[tokio::test]
async fn a_mysql_that_fails_over_is_survived() {
    all_recovers_though_what_was_open_stays_silent(TestDatabase::MySql).await;
}

#[tokio::test]
async fn a_postgres_that_is_stopped_and_comes_back_is_survived() {
    liveness_stays_requests_get_503_and_all_recovers(TestDatabase::Postgres, Line::Refusing).await;
}

#[tokio::test]
async fn a_postgres_whose_load_balancer_hangs_up_is_survived() {
    liveness_stays_requests_get_503_and_all_recovers(TestDatabase::Postgres, Line::HangingUp).await;
}

#[tokio::test]
async fn a_postgres_that_falls_silent_and_comes_back_is_survived() {
    liveness_stays_requests_get_503_and_all_recovers(TestDatabase::Postgres, Line::Silent).await;
}

#[tokio::test]
async fn a_mysql_that_is_stopped_and_comes_back_is_survived() {
    liveness_stays_requests_get_503_and_all_recovers(TestDatabase::MySql, Line::Refusing).await;
}

#[tokio::test]
async fn a_mysql_whose_load_balancer_hangs_up_is_survived() {
    liveness_stays_requests_get_503_and_all_recovers(TestDatabase::MySql, Line::HangingUp).await;
}

#[tokio::test]
async fn a_mysql_that_falls_silent_and_comes_back_is_survived() {
    liveness_stays_requests_get_503_and_all_recovers(TestDatabase::MySql, Line::Silent).await;
}
