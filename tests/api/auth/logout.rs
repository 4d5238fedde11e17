//! `POST /auth/logout` and `/auth/logout-all`.

use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::json;

async fn is_dead(app: &TestApp, user: &LoggedIn) {
    let me = app
        .get("/api/v1/users/me")
        .bearer(&user.access_token)
        .send()
        .await;
    me.expect_problem(401, "UNAUTHENTICATED");
    let body = json!({ "refresh_token": user.refresh_token });
    let refresh = app.post("/api/v1/auth/refresh").json(body).send().await;
    refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
}

async fn is_alive(app: &TestApp, user: &LoggedIn) {
    let me = app
        .get("/api/v1/users/me")
        .bearer(&user.access_token)
        .send()
        .await;
    me.expect(200);
}

#[tokio::test]
async fn logging_out_ends_this_session_at_once_and_no_other() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.user("ada@example.com").await,
        app.login("ada@example.com").await,
    );
    let answer = app
        .post("/api/v1/auth/logout")
        .bearer(&here.access_token)
        .send()
        .await;
    assert!(answer.expect(204).bytes().is_empty());
    is_dead(&app, &here).await;
    is_alive(&app, &there).await;
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session_of_the_caller_only() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.user("ada@example.com").await,
        app.login("ada@example.com").await,
    );
    let eve = app.user("eve@example.com").await;
    is_alive(&app, &there).await;
    let answer = app
        .post("/api/v1/auth/logout-all")
        .bearer(&here.access_token)
        .send()
        .await;
    answer.expect(204);
    is_dead(&app, &here).await;
    is_dead(&app, &there).await;
    is_alive(&app, &eve).await;
}

#[tokio::test]
async fn logging_out_needs_a_living_session() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for path in ["/api/v1/auth/logout", "/api/v1/auth/logout-all"] {
        app.post(path).send().await.expect_problem(401, "UNAUTHENTICATED");
    }
    app.post("/api/v1/auth/logout")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(204);
    let again = app
        .post("/api/v1/auth/logout")
        .bearer(&ada.access_token)
        .send()
        .await;
    again.expect_problem(401, "UNAUTHENTICATED");
}
