//! What is tried against the second step of a login.

use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::json;

use super::support::{begin, protected, verify};
use crate::support::race;

async fn a_code_seen_over_the_shoulder_is_worth_nothing(app: TestApp) {
    let ada = protected(&app, "ada@example.com").await;
    let code = ada.app.code();
    let (first, second) = (
        begin(&app, "ada@example.com").await,
        begin(&app, "ada@example.com").await,
    );
    verify(&app, &first, "totp", &code).await.expect(200);
    let replayed = verify(&app, &second, "totp", &code).await;
    replayed.expect_problem(403, "WRONG_CODE");
}
on_every_database!(a_code_seen_over_the_shoulder_is_worth_nothing);

async fn of_logins_at_once_with_one_code_exactly_one_succeeds(app: TestApp) {
    let ada = protected(&app, "ada@example.com").await;
    let code = ada.app.code();
    let mut tokens = Vec::new();
    for _ in 0..8 {
        tokens.push(begin(&app, "ada@example.com").await);
    }
    let by_app = async |number: usize| verify(&app, &tokens[number], "totp", &code).await;
    let answers = race(8, by_app).await;
    let opened = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(opened, 1);
    let recovery = &ada.recovery_codes[0];
    let by_recovery = async |number: usize| verify(&app, &tokens[number], "recovery_code", recovery).await;
    let answers = race(8, by_recovery).await;
    let opened = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(opened, 1);
}
on_every_database!(of_logins_at_once_with_one_code_exactly_one_succeeds);

async fn ten_tries_are_all_that_one_login_has(app: TestApp) {
    let ada = protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    let wrong = ada.app.wrong_code();
    let answers = race(25, async |_| verify(&app, &token, "totp", &wrong).await).await;
    let judged = answers.iter().filter(|answer| answer.status() == 403).count();
    assert_eq!(judged, 10, "parallel guesses are guesses");
    let right = verify(&app, &token, "totp", &ada.app.code()).await;
    right.expect_problem(401, "INVALID_MFA_TOKEN");
    // Its owner is not locked out.
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "totp", &ada.app.code()).await.expect(200);
}
on_every_database!(ten_tries_are_all_that_one_login_has);

#[tokio::test]
async fn logging_in_again_does_not_multiply_the_guesses() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.account_free_tries", "1000");
    let app = app.with("throttle.second_factor_free_tries", "5").start().await;
    let ada = protected(&app, "ada@example.com").await;
    let logout = app.post("/api/v1/auth/logout-all").bearer(&ada.user.access_token);
    logout.send().await.expect(204);
    let wrong = ada.app.wrong_code();
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let token = begin(&app, "ada@example.com").await;
        statuses.push(verify(&app, &token, "totp", &wrong).await.status());
    }
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429, 429]);
    // Whoever guesses keeps nobody out who has a recovery code.
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "recovery_code", &ada.recovery_codes[0])
        .await
        .expect(200);
}

#[tokio::test]
async fn guesses_from_afar_do_not_keep_the_owner_out_at_home() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.account_free_tries", "1000");
    let app = app
        .with("throttle.second_factor_free_tries", "1")
        .with("server.trusted_proxies", "127.0.0.1");
    let app = app.start().await;
    let ada = protected(&app, "ada@example.com").await;
    let from_afar = |token: String, code: String| {
        let body = json!({ "mfa_token": token, "method": "totp", "code": code });
        let request = app
            .post("/api/v1/auth/mfa/verify")
            .header("x-forwarded-for", "203.0.113.9");
        request.json(body).send()
    };
    let mut last = 0;
    for _ in 0..3 {
        let token = begin(&app, "ada@example.com").await;
        last = from_afar(token, ada.app.wrong_code()).await.status();
    }
    assert_eq!(last, 429);
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "totp", &ada.app.code()).await.expect(200);
}

#[tokio::test]
async fn a_token_of_one_purpose_opens_nothing_else() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    // The token of the first step is no session and no refresh token.
    let me = app.get("/api/v1/users/me").bearer(&token).send().await;
    me.expect_problem(401, "UNAUTHENTICATED");
    let body = json!({ "refresh_token": token });
    let refresh = app.post("/api/v1/auth/refresh").json(body).send().await;
    refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
    let body = json!({ "token": token, "email": "eve@example.com", "password": PASSWORD });
    let setup = app.post("/api/v1/auth/setup").json(body).send().await;
    setup.expect_problem(403, "SETUP_LINK_INVALID");
    // And nothing else is a token of the first step.
    let first_admin = app
        .services()
        .auth
        .issue_first_admin_token()
        .await
        .unwrap()
        .unwrap();
    for other in [&first_admin, &ada.user.access_token, &ada.user.refresh_token] {
        if other.len() <= 128 {
            let answer = verify(&app, other, "totp", &ada.app.wrong_code()).await;
            answer.expect_problem(401, "INVALID_MFA_TOKEN");
        }
    }
    verify(&app, &token, "totp", &ada.app.code()).await.expect(200);
}

#[tokio::test]
async fn the_code_of_somebody_else_is_a_wrong_code() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        protected(&app, "ada@example.com").await,
        protected(&app, "eve@example.com").await,
    );
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "totp", &eve.app.code())
        .await
        .expect_problem(403, "WRONG_CODE");
    let answer = verify(&app, &token, "recovery_code", &eve.recovery_codes[0]).await;
    answer.expect_problem(403, "WRONG_CODE");
    verify(&app, &token, "recovery_code", &ada.recovery_codes[0])
        .await
        .expect(200);
}

#[tokio::test]
async fn a_login_begun_with_the_old_password_is_not_finished() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    let body = json!({ "current_password": PASSWORD, "new_password": "an even better one, honestly" });
    let change = app
        .post("/api/v1/auth/change-password")
        .bearer(&ada.user.access_token);
    change.json(body).send().await.expect(204);
    let answer = verify(&app, &token, "totp", &ada.app.code()).await;
    answer.expect_problem(401, "INVALID_MFA_TOKEN");
}

#[tokio::test]
async fn refreshing_a_session_keeps_what_was_proved_in_it() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    let pair = verify(&app, &token, "totp", &ada.app.code())
        .await
        .expect(200)
        .json();
    let body = json!({ "refresh_token": pair["refresh_token"] });
    let next = app
        .post("/api/v1/auth/refresh")
        .json(body)
        .send()
        .await
        .expect(200)
        .json();
    let access = next["access_token"].as_str().unwrap();
    let codes = app.post("/api/v1/auth/mfa/recovery-codes").bearer(access);
    codes.send().await.expect(200);
}
