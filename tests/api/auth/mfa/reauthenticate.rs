//! `POST /auth/reauthenticate`.

use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

use super::support::{let_time_pass, protected};

async fn prove(app: &TestApp, user: &LoggedIn, body: Value) -> TestResponse {
    let request = app.post("/api/v1/auth/reauthenticate").bearer(&user.access_token);
    request.json(body).send().await
}

async fn sensitive(app: &TestApp, user: &LoggedIn) -> TestResponse {
    let request = app.post("/api/v1/auth/mfa/totp").bearer(&user.access_token);
    request.json(json!({})).send().await
}

#[tokio::test]
async fn the_password_renews_the_proof_of_an_account_with_one_factor() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let_time_pass(&app, &ada).await;
    let refused = sensitive(&app, &ada).await;
    refused.expect_problem(403, "REAUTHENTICATION_REQUIRED");
    let challenge = refused.header("www-authenticate").unwrap();
    assert_eq!(
        challenge,
        "Bearer error=\"insufficient_user_authentication\", max_age=\"900\""
    );
    let wrong = prove(&app, &ada, json!({ "password": "not the password" })).await;
    wrong.expect_problem(403, "WRONG_PASSWORD");
    prove(&app, &ada, json!({ "password": PASSWORD }))
        .await
        .expect(204);
    sensitive(&app, &ada).await.expect(201);
}

#[tokio::test]
async fn an_account_with_a_second_factor_must_prove_that_one() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let_time_pass(&app, &ada.user).await;
    let password = prove(&app, &ada.user, json!({ "password": PASSWORD })).await;
    password.expect_problem(403, "SECOND_FACTOR_REQUIRED");
    let wrong = json!({ "method": "totp", "code": ada.app.wrong_code() });
    prove(&app, &ada.user, wrong)
        .await
        .expect_problem(403, "WRONG_CODE");
    sensitive(&app, &ada.user)
        .await
        .expect_problem(403, "REAUTHENTICATION_REQUIRED");
    let code = ada.app.code();
    let right = json!({ "method": "totp", "code": code });
    prove(&app, &ada.user, right.clone()).await.expect(204);
    sensitive(&app, &ada.user).await.expect(201);
    prove(&app, &ada.user, right)
        .await
        .expect_problem(403, "WRONG_CODE");
}

#[tokio::test]
async fn nothing_given_or_half_of_it_is_refused_as_invalid() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    prove(&app, &ada, json!({}))
        .await
        .expect_invalid(&[("password", "REQUIRED")]);
    prove(&app, &ada, json!({ "code": "123456" }))
        .await
        .expect_invalid(&[("method", "REQUIRED")]);
    prove(&app, &ada, json!({ "method": "totp" }))
        .await
        .expect_invalid(&[("code", "REQUIRED")]);
    let no_factor = json!({ "method": "totp", "code": "123456" });
    prove(&app, &ada, no_factor)
        .await
        .expect_problem(403, "WRONG_PASSWORD");
}

#[tokio::test]
async fn guessing_the_password_by_a_stolen_session_is_slowed_down() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.account_free_tries", "3");
    let app = app.start().await;
    let ada = app.user("ada@example.com").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(
            prove(&app, &ada, json!({ "password": "not the password" }))
                .await
                .status(),
        );
    }
    assert_eq!((statuses[0], statuses[4]), (403, 429));
}
