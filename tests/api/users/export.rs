//! `GET /users/me/export`.

use mainstay_testkit::{TestApp, TestDatabase};
use serde_json::{Value, json};

use crate::{
    auth::{
        mfa::support::{confirm, enrol},
        oauth::support::{sign_in, verify, with_provider},
        passkeys::support::{ORIGIN, registered},
    },
    support::FakeProvider,
};

const EXPORT: &str = "/api/v1/users/me/export";

fn section(export: &Value, name: &str) -> Vec<Value> {
    export["sections"][name].as_array().unwrap().clone()
}

async fn everything_held_about_the_caller_is_handed_over(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let eve = app.user("eve@example.com").await;
    let patch = app.patch("/api/v1/users/me").bearer(&ada.access_token);
    patch
        .json(json!({ "first_name": "Ada" }))
        .send()
        .await
        .expect(200);
    let again = app.login("ada@example.com").await;
    app.post("/api/v1/auth/logout")
        .bearer(&again.access_token)
        .send()
        .await
        .expect(204);
    let answer = app.get(EXPORT).bearer(&ada.access_token).send().await.expect(200);
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"my-data.json\"")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let export = answer.json();
    assert_eq!(export["user_id"], ada.id.as_str());
    let profile = &section(&export, "profile")[0];
    assert_eq!(profile["email"], "ada@example.com");
    assert_eq!(profile["first_name"], "Ada");
    assert_eq!(profile["roles"], json!(["user"]));
    assert!(section(&export, "passwords")[0]["changed_at"].is_string());
    let sessions = section(&export, "sessions");
    assert_eq!(sessions.len(), 2, "ended ones are held, too");
    assert!(
        sessions
            .iter()
            .any(|session| session["ended_because"] == "logout")
    );
    let events = section(&export, "audit_events");
    assert!(events.iter().any(|event| event["kind"] == "user.exported"));
    assert!(section(&export, "actions").is_empty());
    let text = answer.text();
    for foreign in [
        "eve@example.com",
        &eve.id,
        "hash",
        "token",
        "argon2",
        &ada.refresh_token,
    ] {
        assert!(!text.contains(foreign), "{foreign} is in the export");
    }
}

on_every_database!(everything_held_about_the_caller_is_handed_over);

#[tokio::test]
async fn every_way_in_is_told_of_without_its_secret() {
    let provider = FakeProvider::start();
    let app = with_provider(&provider).with("passkeys.origins", ORIGIN);
    let app = app.start().await;
    let ada = app.user("ada@example.com").await;
    verify(&app, &ada).await;
    sign_in(&app, &provider).await.expect(200);
    let (_, registered) = registered(&app, &ada).await;
    let phone = enrol(&app, &ada).await;
    confirm(&app, &ada, &phone.id, &phone.code()).await.expect(200);
    let key = json!({ "name": "nightly report", "scopes": [], "rate_limit": 60 });
    let key = ada
        .post("/api/v1/auth/api-keys")
        .json(key)
        .await
        .expect(201)
        .json();
    let answer = ada.get(EXPORT).await.expect(200);
    let export = answer.json();
    for (name, member, value) in [
        ("authenticator_apps", "name", json!("My phone")),
        ("recovery_codes", "remaining", json!(10)),
        ("passkeys", "name", json!("My laptop")),
        ("api_keys", "name", json!("nightly report")),
        ("api_keys", "id", key["id"].clone()),
        ("api_keys", "rate_limit", json!(60)),
        ("identities", "issuer", json!(provider.url)),
        ("identities", "email", json!("ada@example.com")),
    ] {
        let items = section(&export, name);
        assert_eq!(items.len(), 1, "{name}: {items:?}");
        assert_eq!(items[0][member], value, "{name}");
    }
    for (name, member) in [
        ("authenticator_apps", "confirmed_at"),
        ("passkeys", "created_at"),
        ("api_keys", "created_at"),
        ("identities", "subject"),
        ("identities", "linked_at"),
    ] {
        assert!(section(&export, name)[0][member].is_string(), "{name}.{member}");
    }
    let text = answer.text();
    let codes = registered["recovery_codes"].as_array().unwrap();
    let codes = codes.iter().map(|code| code.as_str().unwrap());
    let secret = key["key"].as_str().unwrap().rsplit_once('_').unwrap().1;
    for secret in codes.chain([&*phone.secret, secret, "hash", "public_key", "sealed", "secret"]) {
        assert!(!text.contains(secret), "{secret} is in the export");
    }
}

#[tokio::test]
async fn an_export_of_many_pages_is_one_whole_document() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for _ in 0..130 {
        app.login("ada@example.com").await;
    }
    let answer = app.get(EXPORT).bearer(&ada.access_token).send().await.expect(200);
    let export = answer.json();
    assert_eq!(section(&export, "sessions").len(), 131);
    let events = section(&export, "audit_events");
    assert_eq!(events.len(), 133);
    let mut ids: Vec<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 133, "an event came twice");
}

#[tokio::test]
async fn what_an_administrator_did_to_others_stands_among_the_actions() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    app.post(&format!("/api/v1/users/{}/disable", ada.id))
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let export = app
        .get(EXPORT)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200)
        .json();
    let actions = section(&export, "actions");
    assert_eq!(actions.len(), 1);
    assert_eq!(actions[0]["kind"], "user.disabled");
    assert_eq!(actions[0]["subject_id"], ada.id.as_str());
    assert!(!export.to_string().contains("ada@example.com"));
}

#[tokio::test]
async fn exports_slow_down_and_say_when_to_come_again() {
    let app = TestApp::on(TestDatabase::Sqlite)
        .with("throttle.enabled", "true")
        .start()
        .await;
    let ada = app.user("ada@example.com").await;
    let export = || app.get(EXPORT).bearer(&ada.access_token).send();
    for _ in 0..3 {
        export().await.expect(200);
    }
    let refused = export().await;
    refused.expect_problem(429, "TOO_MANY_REQUESTS");
    assert!(refused.header("retry-after").is_some());
}

#[tokio::test]
async fn nobody_exports_what_is_held_about_somebody_else() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    app.get(&format!("/api/v1/users/{}/export", ada.id))
        .bearer(&admin.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
    app.get(EXPORT)
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
}
