//! `POST /auth/mfa/verify`.

use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::json;

use super::support::{begin, protected, verify};

async fn a_login_takes_two_steps_once_there_is_a_second_factor(app: TestApp) {
    let ada = protected(&app, "ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answer = app.post("/api/v1/auth/login").json(body).send().await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let asked = answer.json();
    assert_eq!(asked["methods"], json!(["totp", "recovery_code"]));
    assert_eq!(asked["expires_in"], 300);
    assert!(asked.get("access_token").is_none(), "no session yet");
    let token = asked["mfa_token"].as_str().unwrap();
    let opened = verify(&app, token, "totp", &ada.app.code()).await.expect(200);
    assert_eq!(opened.header("cache-control"), Some("no-store"));
    let access = opened.json()["access_token"].as_str().unwrap().to_owned();
    app.get("/api/v1/users/me")
        .bearer(&access)
        .send()
        .await
        .expect(200);
    let events = "/api/v1/users/me/audit-events?limit=3";
    let events = app.get(events).bearer(&access).send().await.expect(200).json();
    let kinds: Vec<_> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].clone())
        .collect();
    assert_eq!(
        kinds,
        [
            "auth.login_succeeded",
            "auth.second_factor_awaited",
            "auth.factor_added"
        ]
    );
}
on_every_database!(a_login_takes_two_steps_once_there_is_a_second_factor);

#[tokio::test]
async fn a_typing_error_may_be_corrected() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "totp", &ada.app.wrong_code())
        .await
        .expect_problem(403, "WRONG_CODE");
    verify(&app, &token, "totp", "12 34")
        .await
        .expect_invalid(&[("code", "INVALID_CODE")]);
    let code = ada.app.code();
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    verify(&app, &token, "totp", &spaced).await.expect(200);
}

#[tokio::test]
async fn the_answer_to_the_first_step_is_good_for_one_login() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "totp", &ada.app.code()).await.expect(200);
    let again = verify(&app, &token, "totp", &ada.app.code()).await;
    again.expect_problem(401, "INVALID_MFA_TOKEN");
}

#[tokio::test]
async fn a_disabled_account_does_not_finish_its_login() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, protected(&app, "ada@example.com").await);
    let token = begin(&app, "ada@example.com").await;
    let path = format!("/api/v1/users/{}/disable", ada.user.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let answer = verify(&app, &token, "totp", &ada.app.code()).await;
    answer.expect_problem(403, "ACCOUNT_DISABLED");
}

#[tokio::test]
async fn fields_that_the_method_needs_are_asked_for() {
    let app = TestApp::start().await;
    let send = |body| app.post("/api/v1/auth/mfa/verify").json(body).send();
    let answer = send(json!({ "mfa_token": "x", "method": "totp" })).await;
    answer.expect_invalid(&[("code", "REQUIRED")]);
    let answer = send(json!({ "mfa_token": "x", "method": "password", "code": "123456" })).await;
    assert_eq!(answer.status(), 422);
}
