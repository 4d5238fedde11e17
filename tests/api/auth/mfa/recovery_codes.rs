//! `POST /auth/mfa/recovery-codes`, and logging in with one.

use mainstay_testkit::TestApp;

use super::support::{begin, protected, status, verify};

#[tokio::test]
async fn a_recovery_code_works_once_however_it_is_typed() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let typed = ada.recovery_codes[3].replace('-', " ").to_uppercase();
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "recovery_code", &typed).await.expect(200);
    let token = begin(&app, "ada@example.com").await;
    let again = verify(&app, &token, "recovery_code", &typed).await;
    again.expect_problem(403, "WRONG_CODE");
    assert_eq!(status(&app, &ada.user).await["recovery_codes_left"], 9);
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(
        (mail.template(), mail.value("remaining")),
        ("recovery_code_used", "9")
    );
}

#[tokio::test]
async fn an_owner_is_warned_when_few_codes_are_left() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    for code in &ada.recovery_codes[..7] {
        let token = begin(&app, "ada@example.com").await;
        verify(&app, &token, "recovery_code", code).await.expect(200);
    }
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(
        (mail.template(), mail.value("remaining")),
        ("recovery_codes_low", "3")
    );
}

#[tokio::test]
async fn new_codes_make_the_old_ones_worthless() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let request = app
        .post("/api/v1/auth/mfa/recovery-codes")
        .bearer(&ada.user.access_token);
    let answer = request.send().await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let fresh = answer.json()["recovery_codes"][0].as_str().unwrap().to_owned();
    let token = begin(&app, "ada@example.com").await;
    let old = verify(&app, &token, "recovery_code", &ada.recovery_codes[0]).await;
    old.expect_problem(403, "WRONG_CODE");
    verify(&app, &token, "recovery_code", &fresh).await.expect(200);
}

#[tokio::test]
async fn an_account_without_a_factor_gets_no_codes() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let request = app
        .post("/api/v1/auth/mfa/recovery-codes")
        .bearer(&ada.access_token);
    request.send().await.expect_problem(409, "MFA_NOT_ENABLED");
}
