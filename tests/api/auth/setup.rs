//! `POST /auth/setup`: the first administrator.

use mainstay_testkit::{PASSWORD, TestApp, TestResponse};
use serde_json::json;

async fn token(app: &TestApp) -> Option<String> {
    app.services().auth.issue_first_admin_token().await.unwrap()
}

async fn setup(app: &TestApp, token: &str, email: &str) -> TestResponse {
    let body = json!({ "token": token, "email": email, "password": PASSWORD });
    app.post("/api/v1/auth/setup").json(body).send().await
}

#[tokio::test]
async fn the_link_makes_an_administrator_exactly_once() {
    let app = TestApp::start().await;
    let token = token(&app).await.unwrap();
    let made = setup(&app, &token, "admin@example.com").await.expect(201);
    assert_eq!(made.json()["roles"], json!(["admin", "user"]));
    assert_eq!(made.header("location"), Some("/api/v1/users/me"));
    let admin = app.login("admin@example.com").await;
    app.get("/api/v1/users")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let again = setup(&app, &token, "eve@example.com").await;
    again.expect_problem(403, "SETUP_LINK_INVALID");
}

#[tokio::test]
async fn a_made_up_token_makes_no_administrator() {
    let app = TestApp::start().await;
    token(&app).await.unwrap();
    setup(&app, "made-up", "eve@example.com")
        .await
        .expect_problem(403, "SETUP_LINK_INVALID");
}

#[tokio::test]
async fn a_newer_link_makes_the_older_one_invalid() {
    let app = TestApp::start().await;
    let (older, newer) = (token(&app).await.unwrap(), token(&app).await.unwrap());
    setup(&app, &older, "eve@example.com")
        .await
        .expect_problem(403, "SETUP_LINK_INVALID");
    setup(&app, &newer, "admin@example.com").await.expect(201);
}

#[tokio::test]
async fn no_link_is_made_once_there_is_an_administrator() {
    let app = TestApp::start().await;
    let token_before = token(&app).await.unwrap();
    app.admin().await;
    assert_eq!(token(&app).await, None);
    let late = setup(&app, &token_before, "eve@example.com").await;
    late.expect_problem(403, "SETUP_LINK_INVALID");
}

#[tokio::test]
async fn a_refused_field_does_not_use_the_link_up() {
    let app = TestApp::start().await;
    let token = token(&app).await.unwrap();
    let body = json!({ "token": token, "email": "admin", "password": "password123" });
    let answer = app.post("/api/v1/auth/setup").json(body).send().await;
    answer.expect_invalid(&[("email", "INVALID_EMAIL")]);
    let body = json!({ "token": token, "email": "admin@example.com", "password": "password123" });
    let answer = app.post("/api/v1/auth/setup").json(body).send().await;
    answer.expect_invalid(&[("password", "PASSWORD_TOO_COMMON")]);
    setup(&app, &token, "admin@example.com").await.expect(201);
}

#[tokio::test]
async fn two_uses_of_the_link_at_once_make_one_administrator() {
    let app = TestApp::start().await;
    let token = token(&app).await.unwrap();
    let (one, two) = (
        setup(&app, &token, "a@example.com"),
        setup(&app, &token, "b@example.com"),
    );
    let (one, two) = futures::join!(one, two);
    let mut statuses = [one.status(), two.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403]);
}

#[tokio::test]
async fn the_page_behind_the_link_loads_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    let page = app.get("/setup").send().await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
    app.get("/setup.js").send().await.expect(200);
}
