//! `POST /auth/forgot-password` and `/auth/reset-password`.

use mainstay_testkit::{PASSWORD, TestApp, TestDatabase, TestResponse};
use serde_json::json;

const NEW: &str = "an even better one, honestly";

async fn forgot(app: &TestApp, email: &str) -> TestResponse {
    let body = json!({ "email": email });
    app.post("/api/v1/auth/forgot-password").json(body).send().await
}

async fn reset(app: &TestApp, token: &str, new: &str) -> TestResponse {
    let body = json!({ "token": token, "new_password": new });
    app.post("/api/v1/auth/reset-password").json(body).send().await
}

async fn login(app: &TestApp, password: &str) -> TestResponse {
    let body = json!({ "email": "ada@example.com", "password": password });
    app.post("/api/v1/auth/login").json(body).send().await
}

/// The token of a link that was asked for.
async fn asked(app: &TestApp) -> String {
    forgot(app, "ada@example.com").await.expect(202);
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(mail.template(), "reset_password");
    mail.token().to_owned()
}

#[tokio::test]
async fn the_link_replaces_the_password_and_ends_every_session() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let token = asked(&app).await;
    reset(&app, &token, NEW).await.expect(204);
    let me = app.get("/api/v1/users/me").bearer(&ada.access_token).send().await;
    me.expect_problem(401, "UNAUTHENTICATED");
    let body = json!({ "refresh_token": ada.refresh_token });
    let refresh = app.post("/api/v1/auth/refresh").json(body).send().await;
    refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
    login(&app, PASSWORD)
        .await
        .expect_problem(401, "INVALID_CREDENTIALS");
    login(&app, NEW).await.expect(200);
    let notice = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(notice.template(), "password_changed");
}

#[tokio::test]
async fn a_link_works_once_and_only_the_newest_one() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let (first, second) = (asked(&app).await, asked(&app).await);
    reset(&app, &first, NEW).await.expect_problem(403, "LINK_INVALID");
    reset(&app, &second, NEW).await.expect(204);
    reset(&app, &second, PASSWORD)
        .await
        .expect_problem(403, "LINK_INVALID");
}

#[tokio::test]
async fn a_weak_password_is_refused_and_leaves_the_link_alone() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let token = asked(&app).await;
    let weak = reset(&app, &token, "password123").await;
    weak.expect_invalid(&[("new_password", "PASSWORD_TOO_COMMON")]);
    let short = reset(&app, &token, "short").await;
    short.expect_invalid(&[("new_password", "PASSWORD_TOO_SHORT")]);
    reset(&app, &token, NEW).await.expect(204);
}

#[tokio::test]
async fn every_address_is_answered_alike_when_a_password_is_forgotten() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.register("ada@example.com").await;
    let bob = app.user("bob@example.com").await;
    let path = format!("/api/v1/users/{}/disable", bob.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let before = app.mailbox().all().await.len();
    for email in ["ada@example.com", "bob@example.com", "nobody@example.com"] {
        let answer = forgot(&app, email).await.expect(202);
        assert_eq!(answer.text(), "");
    }
    // Nothing goes to strangers and to accounts that are switched off.
    assert_eq!(app.mailbox().all().await.len(), before + 1);
}

#[tokio::test]
async fn an_administrator_has_a_link_mailed_and_learns_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let path = format!("/api/v1/users/{}/reset-password", ada.id);
    let answer = app
        .post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(202);
    assert_eq!(answer.text(), "");
    let mail = app.mailbox().last_to("ada@example.com").await;
    reset(&app, mail.token(), NEW).await.expect(204);
    let disable = format!("/api/v1/users/{}/disable", ada.id);
    app.post(&disable)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let again = app.post(&path).bearer(&admin.access_token).send().await;
    again.expect_problem(409, "NOT_ACTIVE");
}

#[tokio::test]
async fn a_reset_makes_codes_that_wait_worthless() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    let asking = app.post("/api/v1/auth/code").json(body).send().await;
    let handle = asking.expect(202).json()["handle"].clone();
    let code = app.mailbox().last_to("ada@example.com").await.code().to_owned();
    let token = asked(&app).await;
    reset(&app, &token, NEW).await.expect(204);
    let body = json!({ "email": "ada@example.com", "handle": handle, "code": code });
    let entered = app.post("/api/v1/auth/code/verify").json(body).send().await;
    entered.expect_problem(401, "CODE_INVALID");
}

/// Twenty people with one link, on each database: one of them sets the password.
async fn race(database: TestDatabase) {
    let Some(app) = TestApp::on(database).start_or_skip().await else {
        return;
    };
    app.register("ada@example.com").await;
    let token = asked(&app).await;
    let attempt = async |number: usize| reset(&app, &token, &format!("{NEW} {number}")).await;
    let answers = crate::support::race(8, attempt).await;
    let statuses: Vec<u16> = answers.iter().map(TestResponse::status).collect();
    let won = statuses.iter().filter(|status| **status == 204).count();
    assert_eq!(won, 1, "{statuses:?}");
    assert!(
        statuses.iter().all(|status| [204, 403].contains(status)),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn of_parallel_resets_with_one_link_exactly_one_wins_on_sqlite() {
    race(TestDatabase::Sqlite).await;
}

#[tokio::test]
async fn of_parallel_resets_with_one_link_exactly_one_wins_on_postgres() {
    race(TestDatabase::Postgres).await;
}

#[tokio::test]
async fn of_parallel_resets_with_one_link_exactly_one_wins_on_mysql() {
    race(TestDatabase::MySql).await;
}
