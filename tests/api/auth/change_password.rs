//! `POST /auth/change-password`.

use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::json;

const NEW: &str = "an even better one, honestly";

async fn change(app: &TestApp, user: &LoggedIn, current: &str, new: &str) -> TestResponse {
    let body = json!({ "current_password": current, "new_password": new });
    let request = app
        .post("/api/v1/auth/change-password")
        .bearer(&user.access_token);
    request.json(body).send().await
}

async fn login(app: &TestApp, password: &str) -> TestResponse {
    let body = json!({ "email": "ada@example.com", "password": password });
    app.post("/api/v1/auth/login").json(body).send().await
}

#[tokio::test]
async fn only_the_new_password_works_after_a_change() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    change(&app, &ada, PASSWORD, NEW).await.expect(204);
    login(&app, PASSWORD)
        .await
        .expect_problem(401, "INVALID_CREDENTIALS");
    login(&app, NEW).await.expect(200);
}

#[tokio::test]
async fn every_other_session_ends_at_once_and_this_one_stays() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.user("ada@example.com").await,
        app.login("ada@example.com").await,
    );
    let me = |user: &LoggedIn| app.get("/api/v1/users/me").bearer(&user.access_token).send();
    me(&there).await.expect(200);
    change(&app, &here, PASSWORD, NEW).await.expect(204);
    me(&there).await.expect_problem(401, "UNAUTHENTICATED");
    me(&here).await.expect(200);
    let body = json!({ "refresh_token": there.refresh_token });
    let refresh = app.post("/api/v1/auth/refresh").json(body).send().await;
    refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let answer = change(&app, &ada, "not the password", NEW).await;
    answer.expect_problem(403, "WRONG_PASSWORD");
    login(&app, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_weak_new_password_is_refused_under_its_own_name() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for (new, code) in [
        ("short", "PASSWORD_TOO_SHORT"),
        ("password123", "PASSWORD_TOO_COMMON"),
    ] {
        change(&app, &ada, PASSWORD, new)
            .await
            .expect_invalid(&[("new_password", code)]);
    }
    change(&app, &ada, "", "short").await.expect(422);
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_down() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.account_free_tries", "3");
    let app = app.start().await;
    let ada = app.user("ada@example.com").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(change(&app, &ada, "not the password", NEW).await.status());
    }
    assert_eq!(statuses.first(), Some(&403));
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}

#[tokio::test]
async fn changing_a_password_needs_an_access_token() {
    let app = TestApp::start().await;
    let body = json!({ "current_password": PASSWORD, "new_password": NEW });
    let answer = app.post("/api/v1/auth/change-password").json(body).send().await;
    answer.expect_problem(401, "UNAUTHENTICATED");
}
