//! Accounts that somebody made for an address of somebody else, before its owner comes.

use mainstay_domain::{AuditKind, AuditQuery};
use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

use super::{
    mfa::support::begin_with,
    passkeys::support::{log_in, login_options, registered, second_factor_options, server, verify_passkey},
};

const NEW: &str = "an even better one, honestly";
const ME: &str = "/api/v1/users/me";

/// Somebody's account under the address of a victim, and a key to it.
async fn prepared(app: &TestApp) -> (LoggedIn, String) {
    let attacker = app.user("ada@example.com").await;
    let body = json!({ "name": "later", "scopes": [] });
    let key = attacker.post("/api/v1/auth/api-keys").json(body).send().await;
    let key = key.expect(201).json()["key"].as_str().unwrap().to_owned();
    app.get(ME).bearer(&key).send().await.expect(200);
    (attacker, key)
}

async fn post(app: &TestApp, path: &str, body: Value) -> TestResponse {
    app.post(&format!("/api/v1/auth/{path}")).json(body).send().await
}

async fn login(app: &TestApp, password: &str) -> TestResponse {
    let body = json!({ "email": "ada@example.com", "password": password });
    post(app, "login", body).await
}

/// Nothing that the attacker has opens the account any more.
async fn is_shut(app: &TestApp, (attacker, key): &(LoggedIn, String)) {
    for token in [key, &attacker.access_token] {
        let answer = app.get(ME).bearer(token).send().await;
        answer.expect_problem(401, "UNAUTHENTICATED");
    }
    let body = json!({ "refresh_token": attacker.refresh_token });
    post(app, "refresh", body)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
    login(app, PASSWORD)
        .await
        .expect_problem(401, "INVALID_CREDENTIALS");
    let query = AuditQuery {
        kind: Some(AuditKind::AccountClaimed),
        ..AuditQuery::default()
    };
    let events = app.context().store.read().audit_events().list(&query).await;
    assert_eq!(events.unwrap().items.len(), 1);
}

#[tokio::test]
async fn an_account_made_beforehand_is_of_no_use_once_its_owner_resets_the_password() {
    let app = TestApp::start().await;
    let attacker = prepared(&app).await;
    post(&app, "forgot-password", json!({ "email": "ada@example.com" }))
        .await
        .expect(202);
    let mail = app.mailbox().last_to("ada@example.com").await;
    let body = json!({ "token": mail.token(), "new_password": NEW });
    post(&app, "reset-password", body).await.expect(204);
    is_shut(&app, &attacker).await;
    login(&app, NEW).await.expect(200);
}

#[tokio::test]
async fn an_account_made_beforehand_is_of_no_use_once_its_owner_signs_in_by_mail() {
    let app = TestApp::start().await;
    let attacker = prepared(&app).await;
    post(&app, "code", json!({ "email": "ada@example.com" }))
        .await
        .expect(202);
    let mail = app.mailbox().last_to("ada@example.com").await;
    post(&app, "sign-in-link", json!({ "token": mail.token() }))
        .await
        .expect(200);
    is_shut(&app, &attacker).await;
}

#[tokio::test]
async fn the_keys_of_an_account_whose_address_is_proved_outlive_a_reset() {
    let app = TestApp::start().await;
    let (_, key) = prepared(&app).await;
    post(&app, "verify-email/resend", json!({ "email": "ada@example.com" }))
        .await
        .expect(202);
    let proof = app.mailbox().last_to("ada@example.com").await;
    post(&app, "verify-email", json!({ "token": proof.token() }))
        .await
        .expect(204);
    post(&app, "forgot-password", json!({ "email": "ada@example.com" }))
        .await
        .expect(202);
    let mail = app.mailbox().last_to("ada@example.com").await;
    let body = json!({ "token": mail.token(), "new_password": NEW });
    post(&app, "reset-password", body).await.expect(204);
    app.get(ME).bearer(&key).send().await.expect(200);
}

/// Taken from whoever mails to the address, the last factor would be passed by.
#[tokio::test]
async fn a_passkey_of_an_unproved_account_stays_a_second_factor_and_opens_nothing_alone() {
    for way in ["reset", "link"] {
        let app = server().await;
        let ada = app.user("ada@example.com").await;
        let (mut authenticator, _) = registered(&app, &ada).await;
        let token = if way == "reset" {
            post(&app, "forgot-password", json!({ "email": "ada@example.com" }))
                .await
                .expect(202);
            let mail = app.mailbox().last_to("ada@example.com").await;
            let body = json!({ "token": mail.token(), "new_password": NEW });
            post(&app, "reset-password", body).await.expect(204);
            begin_with(&app, "ada@example.com", NEW).await
        } else {
            post(&app, "code", json!({ "email": "ada@example.com" }))
                .await
                .expect(202);
            let mail = app.mailbox().last_to("ada@example.com").await;
            let answer = post(&app, "sign-in-link", json!({ "token": mail.token() })).await;
            let asked = answer.expect(200).json();
            assert_eq!(asked["mfa_required"], true, "{asked}");
            asked["mfa_token"].as_str().unwrap().to_owned()
        };
        let alone = authenticator.get(&login_options(&app).await);
        log_in(&app, alone).await.expect_problem(403, "PASSKEY_REFUSED");
        let asked = second_factor_options(&app, &token).await;
        let answer = verify_passkey(&app, &token, authenticator.get(&asked)).await;
        let access = answer.expect(200).json()["access_token"].clone();
        let factors = app.get("/api/v1/auth/mfa").bearer(access.as_str().unwrap());
        let factors = factors.send().await.expect(200).json();
        assert_eq!(factors["factors"][0]["kind"], "passkey", "{factors}");
        assert_eq!(factors["factors"][0]["passwordless"], false, "{factors}");
    }
}
