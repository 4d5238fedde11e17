//! `POST /auth/mfa/totp/{id}/confirm`.

use mainstay_testkit::TestApp;

use super::support::{confirm, enrol, protected, status};
use crate::support::race;

#[tokio::test]
async fn the_first_factor_brings_ten_recovery_codes_and_a_mail() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    assert_eq!(ada.recovery_codes.len(), 10);
    let mut distinct = ada.recovery_codes.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 10);
    assert!(
        ada.recovery_codes.iter().all(|code| code.len() == 27),
        "120 bits in groups"
    );
    let shown = status(&app, &ada.user).await;
    assert_eq!(
        (&shown["enabled"], &shown["recovery_codes_left"]),
        (&true.into(), &10.into())
    );
    assert_eq!(shown["methods"], serde_json::json!(["totp", "recovery_code"]));
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!((mail.template(), mail.value("method")), ("mfa_enabled", "totp"));
}

#[tokio::test]
async fn a_further_app_brings_no_codes_and_leaves_the_old_ones() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let tablet = enrol(&app, &ada.user).await;
    let answer = confirm(&app, &ada.user, &tablet.id, &tablet.code())
        .await
        .expect(200);
    assert!(answer.json()["recovery_codes"].is_null());
    assert_eq!(status(&app, &ada.user).await["recovery_codes_left"], 10);
}

#[tokio::test]
async fn sessions_without_a_second_factor_end_when_the_first_one_comes() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.user("ada@example.com").await,
        app.login("ada@example.com").await,
    );
    let phone = enrol(&app, &here).await;
    confirm(&app, &here, &phone.id, &phone.code()).await.expect(200);
    let me = app
        .get("/api/v1/users/me")
        .bearer(&there.access_token)
        .send()
        .await;
    me.expect_problem(401, "UNAUTHENTICATED");
    app.get("/api/v1/users/me")
        .bearer(&here.access_token)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn a_wrong_or_malformed_code_confirms_nothing() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let phone = enrol(&app, &ada).await;
    confirm(&app, &ada, &phone.id, &phone.wrong_code())
        .await
        .expect_problem(403, "WRONG_CODE");
    confirm(&app, &ada, &phone.id, "12345x")
        .await
        .expect_invalid(&[("code", "INVALID_CODE")]);
    assert_eq!(status(&app, &ada).await["enabled"], false);
}

#[tokio::test]
async fn an_app_is_confirmed_once_and_by_its_owner_only() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let phone = enrol(&app, &ada).await;
    confirm(&app, &eve, &phone.id, &phone.code())
        .await
        .expect_problem(404, "NOT_FOUND");
    confirm(&app, &ada, &phone.id, &phone.code()).await.expect(200);
    confirm(&app, &ada, &phone.id, &phone.code())
        .await
        .expect_problem(404, "NOT_FOUND");
}

async fn of_confirmations_at_once_one_gets_the_recovery_codes(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let phone = enrol(&app, &ada).await;
    let code = phone.code();
    let answers = race(10, async |_| confirm(&app, &ada, &phone.id, &code).await).await;
    let won = answers.iter().filter(|answer| answer.status() == 200);
    let won: Vec<_> = won.map(mainstay_testkit::TestResponse::json).collect();
    assert_eq!(won.len(), 1, "the others are told 404");
    assert_eq!(won[0]["recovery_codes"].as_array().unwrap().len(), 10);
}
on_every_database!(of_confirmations_at_once_one_gets_the_recovery_codes);
