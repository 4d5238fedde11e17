//! Which account an identity opens, and who may link it.

use mainstay_domain::{AuditKind, AuditQuery};
use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

use super::support::*;
use crate::support::FakeProvider;

#[tokio::test]
async fn an_address_that_is_not_plainly_verified_opens_and_makes_no_account() {
    let (app, provider) = start().await;
    let ada = app.user("ada@example.com").await;
    verify(&app, &ada).await;
    for verified in [json!(false), json!("true"), json!(1), Value::Null] {
        for email in ["ada@example.com", "nobody@example.com"] {
            provider.claims(json!({ "email": email, "email_verified": verified }));
            let answer = sign_in(&app, &provider).await;
            answer.expect_problem(403, "PROVIDER_EMAIL_UNVERIFIED");
        }
    }
    provider.claims(json!({ "email": null }));
    sign_in(&app, &provider)
        .await
        .expect_problem(403, "PROVIDER_EMAIL_UNVERIFIED");
}

#[tokio::test]
async fn two_verified_addresses_that_are_the_same_link_and_the_owner_is_told() {
    let (app, provider) = start().await;
    let ada = app.user("ada@example.com").await;
    verify(&app, &ada).await;
    let entered = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_eq!(entered["id"], ada.id);
    // Nothing of hers was taken.
    ada.get("/api/v1/users/me").await.expect(200);
    app.login("ada@example.com").await;
    let listed = ada.get("/api/v1/auth/identities").await.expect(200).json();
    assert_eq!(listed["data"][0]["provider"], "fake");
    assert_eq!(listed["data"][0]["email"], "ada@example.com");
    let events = ada.get("/api/v1/users/me/audit-events").await.expect(200).text();
    assert!(events.contains("auth.identity_linked"), "{events}");
}

#[tokio::test]
async fn an_account_made_beforehand_by_somebody_else_is_of_no_use_to_them() {
    let (app, provider) = start().await;
    // The attacker registers the victim's address, and links an identity of their own.
    let attacker = app.user("ada@example.com").await;
    provider.claims(json!({ "sub": "attacker", "email": "eve@example.com" }));
    link(&app, &provider, &attacker).await.expect(200);
    provider.claims(json!({}));
    let victim = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_eq!(victim["id"], attacker.id);
    assert_eq!(victim["email_verified"], true);
    assert_eq!(written(&app, AuditKind::AccountClaimed).await, 1);
    attacker
        .get("/api/v1/users/me")
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    let body = json!({ "refresh_token": attacker.refresh_token });
    let refresh = app.post("/api/v1/auth/refresh").json(body).send().await;
    refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let login = app.post("/api/v1/auth/login").json(body).send().await;
    login.expect_problem(401, "INVALID_CREDENTIALS");
    provider.claims(json!({ "sub": "attacker", "email": "eve@example.com" }));
    let eve = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_ne!(eve["id"], victim["id"]);
}

/// How many events of a kind are in the log.
async fn written(app: &TestApp, kind: AuditKind) -> usize {
    let query = AuditQuery {
        kind: Some(kind),
        ..AuditQuery::default()
    };
    let events = app.context().store.read().audit_events().list(&query).await;
    events.unwrap().items.len()
}

async fn link(app: &TestApp, provider: &FakeProvider, caller: &LoggedIn) -> TestResponse {
    let begun = caller
        .post("/api/v1/auth/oauth/fake/link")
        .json(json!({}))
        .await
        .expect(200);
    let cookie = begun
        .header("set-cookie")
        .map(|set| set.split(';').next().unwrap().to_owned());
    let location = begun.json()["authorization_url"].as_str().unwrap().to_owned();
    Journey { cookie, location }.back(app, provider).await
}

#[tokio::test]
async fn an_identity_is_linked_by_whoever_is_logged_in_and_to_nobody_else() {
    let (app, provider) = start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    provider.claims(json!({ "email": "other@example.com", "email_verified": false }));
    let linked = link(&app, &provider, &ada).await.expect(200).json();
    assert_eq!(linked["identity"]["provider"], "fake");
    link(&app, &provider, &ada).await.expect(200);
    link(&app, &provider, &eve)
        .await
        .expect_problem(409, "IDENTITY_TAKEN");
    assert_eq!(
        me(&app, &sign_in(&app, &provider).await.expect(200)).await["id"],
        ada.id
    );
    let path = format!(
        "/api/v1/auth/identities/{}",
        linked["identity"]["id"].as_str().unwrap()
    );
    eve.delete(&path).await.expect_problem(404, "NOT_FOUND");
    ada.delete(&path).await.expect(204);
    assert_eq!(written(&app, AuditKind::IdentityUnlinked).await, 1);
    ada.delete(&path).await.expect_problem(404, "NOT_FOUND");
    sign_in(&app, &provider)
        .await
        .expect_problem(403, "PROVIDER_EMAIL_UNVERIFIED");
}

#[tokio::test]
async fn linking_ends_with_the_session_it_was_begun_in() {
    let (app, provider) = start().await;
    let ada = app.user("ada@example.com").await;
    let begun = ada
        .post("/api/v1/auth/oauth/fake/link")
        .json(json!({}))
        .await
        .expect(200);
    let cookie = begun
        .header("set-cookie")
        .map(|set| set.split(';').next().unwrap().to_owned());
    let location = begun.json()["authorization_url"].as_str().unwrap().to_owned();
    ada.post("/api/v1/auth/logout").await.expect(204);
    let answer = Journey { cookie, location }.back(&app, &provider).await;
    answer.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_last_way_to_sign_in_cannot_be_given_up() {
    let provider = FakeProvider::start();
    let app = with_provider(&provider)
        .with("auth.mail_sign_in", "false")
        .start()
        .await;
    let tokens = sign_in(&app, &provider).await.expect(200).json();
    let token = tokens["access_token"].as_str().unwrap();
    let listed = app
        .get("/api/v1/auth/identities")
        .bearer(token)
        .send()
        .await
        .expect(200)
        .json();
    let path = format!(
        "/api/v1/auth/identities/{}",
        listed["data"][0]["id"].as_str().unwrap()
    );
    let answer = app.delete(&path).bearer(token).send().await;
    answer.expect_problem(409, "LAST_SIGN_IN_METHOD");
}
