//! What flows by mail and second factors leave in the log.

use mainstay_testkit::{LoggedIn, PASSWORD, TestApp};
use serde_json::{Value, json};

use crate::auth::mfa::support::{begin, protected, verify};

const NEW: &str = "an even better one, honestly";

/// Every kind the administrator finds about a user.
async fn kinds_about(app: &TestApp, admin: &LoggedIn, id: &str) -> Vec<String> {
    let path = format!("/api/v1/audit-events?subject_id={id}&limit=100");
    let list = app
        .get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let events = list.json()["data"].as_array().unwrap().clone();
    let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
    events.iter().map(kind).collect()
}

fn assert_all(kinds: &[String], expected: &[&str]) {
    for kind in expected {
        assert!(
            kinds.iter().any(|known| known == kind),
            "{kind} is not among {kinds:?}"
        );
    }
}

async fn post(app: &TestApp, path: &str, body: Value) {
    let answer = app.post(&format!("/api/v1/auth/{path}")).json(body).send().await;
    assert!(answer.status() < 300, "{path}: {}", answer.text());
}

#[tokio::test]
async fn every_flow_by_mail_leaves_its_event_in_the_log() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let mailed = async || app.mailbox().last_to("ada@example.com").await.token().to_owned();
    post(&app, "verify-email", json!({ "token": mailed().await })).await;
    post(&app, "forgot-password", json!({ "email": "ada@example.com" })).await;
    post(
        &app,
        "reset-password",
        json!({ "token": mailed().await, "new_password": NEW }),
    )
    .await;
    let path = format!("/api/v1/users/{}/reset-password", ada.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(202);
    post(
        &app,
        "reset-password",
        json!({ "token": mailed().await, "new_password": PASSWORD }),
    )
    .await;
    let ada = app.login("ada@example.com").await;
    let body = json!({ "new_email": "lovelace@example.org", "current_password": "not it" });
    let wrong = app.post("/api/v1/auth/change-email").bearer(&ada.access_token);
    wrong
        .json(body)
        .send()
        .await
        .expect_problem(403, "WRONG_PASSWORD");
    let body = json!({ "new_email": "lovelace@example.org", "current_password": PASSWORD });
    let change = app.post("/api/v1/auth/change-email").bearer(&ada.access_token);
    change.json(body).send().await.expect(202);
    let token = app
        .mailbox()
        .last_to("lovelace@example.org")
        .await
        .token()
        .to_owned();
    post(&app, "change-email/confirm", json!({ "token": token })).await;
    assert_all(
        &kinds_about(&app, &admin, &ada.id).await,
        &[
            "auth.email_verified",
            "auth.password_reset",
            "user.password_reset_sent",
            "auth.email_change_requested",
            "auth.reauthentication_failed",
            "auth.email_changed",
        ],
    );
}

#[tokio::test]
async fn invitations_sent_and_accepted_stand_in_the_log() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let create = app.post("/api/v1/users").bearer(&admin.access_token);
    let user = create
        .json(json!({ "email": "bob@example.com" }))
        .send()
        .await
        .expect(201)
        .json();
    let id = user["id"].as_str().unwrap();
    let path = format!("/api/v1/users/{id}/invite");
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(202);
    let token = app.mailbox().last_to("bob@example.com").await.token().to_owned();
    post(
        &app,
        "accept-invitation",
        json!({ "token": token, "new_password": PASSWORD }),
    )
    .await;
    let kinds = kinds_about(&app, &admin, id).await;
    assert_all(&kinds, &["user.invitation_sent", "auth.invitation_accepted"]);
}

#[tokio::test]
async fn second_factors_leave_their_events_in_the_log() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ada = protected(&app, "ada@example.com").await;
    let again = |body: Value| {
        let request = app.post("/api/v1/auth/reauthenticate");
        request.bearer(&ada.user.access_token).json(body).send()
    };
    again(json!({ "method": "totp", "code": ada.app.wrong_code() })).await;
    let token = begin(&app, "ada@example.com").await;
    verify(&app, &token, "totp", &ada.app.wrong_code()).await;
    verify(&app, &token, "recovery_code", &ada.recovery_codes[0])
        .await
        .expect(200);
    again(json!({ "method": "recovery_code", "code": ada.recovery_codes[1] }))
        .await
        .expect(204);
    let fresh = app
        .post("/api/v1/auth/mfa/recovery-codes")
        .bearer(&ada.user.access_token);
    fresh.send().await.expect(200);
    let path = format!("/api/v1/auth/mfa/factors/{}?disable_mfa=true", ada.app.id);
    app.delete(&path)
        .bearer(&ada.user.access_token)
        .send()
        .await
        .expect(204);
    assert_all(
        &kinds_about(&app, &admin, &ada.user.id).await,
        &[
            "auth.second_factor_awaited",
            "auth.second_factor_failed",
            "auth.recovery_code_used",
            "auth.recovery_codes_made",
            "auth.reauthenticated",
            "auth.factor_removed",
        ],
    );
}
