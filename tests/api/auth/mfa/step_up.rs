//! Which operations ask for a recent proof.

use mainstay_testkit::{PASSWORD, TestApp};
use reqwest::Method;
use serde_json::json;

use super::support::{let_time_pass, protected};

#[tokio::test]
async fn everything_that_a_thief_of_a_session_would_begin_with_asks_for_a_proof() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let made = ada.user.post("/api/v1/auth/api-keys");
    let made = made
        .json(json!({ "name": "hers", "scopes": [] }))
        .await
        .expect(201)
        .json();
    let key = format!("/api/v1/auth/api-keys/{}", made["id"].as_str().unwrap());
    let_time_pass(&app, &ada.user).await;
    let factor = format!("/api/v1/auth/mfa/factors/{}?disable_mfa=true", ada.app.id);
    let password = json!({ "current_password": PASSWORD, "new_password": "an even better one, honestly" });
    for (method, path, body) in [
        (Method::POST, "/api/v1/auth/change-password", Some(password)),
        (Method::POST, "/api/v1/auth/mfa/totp", Some(json!({}))),
        (Method::POST, "/api/v1/auth/mfa/recovery-codes", None),
        (Method::DELETE, &*factor, None),
        (Method::DELETE, "/api/v1/users/me", None),
        (
            Method::POST,
            "/api/v1/auth/api-keys",
            Some(json!({ "name": "mine", "scopes": [] })),
        ),
        (Method::DELETE, &*key, None),
    ] {
        let request = app.request(method, path).bearer(&ada.user.access_token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await;
        assert_eq!(answer.status(), 403, "{path}: {}", answer.text());
        answer.expect_problem(403, "REAUTHENTICATION_REQUIRED");
    }
    let me = app
        .get("/api/v1/users/me")
        .bearer(&ada.user.access_token)
        .send()
        .await;
    me.expect(200);
    let used = app.get("/api/v1/users/me").bearer(made["key"].as_str().unwrap());
    used.await.expect(200);
}

#[tokio::test]
async fn an_administrator_resets_factors_only_after_a_recent_proof() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, protected(&app, "ada@example.com").await);
    let_time_pass(&app, &admin).await;
    let path = format!("/api/v1/users/{}/mfa/reset", ada.user.id);
    let answer = app.post(&path).bearer(&admin.access_token).send().await;
    answer.expect_problem(403, "REAUTHENTICATION_REQUIRED");
}

#[tokio::test]
async fn how_long_a_proof_lasts_can_be_configured() {
    let app = TestApp::with("auth.step_up_max_age", "1h").start().await;
    let ada = app.user("ada@example.com").await;
    let_time_pass(&app, &ada).await;
    let request = app.post("/api/v1/auth/mfa/totp").bearer(&ada.access_token);
    request.json(json!({})).send().await.expect(201);
}
