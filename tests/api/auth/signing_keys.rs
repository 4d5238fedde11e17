//! `/.well-known/jwks.json`, and access tokens that are signed with key pairs.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_domain::{AuditKind, AuditQuery};
use mainstay_services::signing_keys::Rotation;
use mainstay_testkit::{LoggedIn, TestApp, TestAppBuilder, TestDatabase};
use serde_json::{Value, json};

use crate::support::{claims_of, forge, server_key};

const JWKS: &str = "/.well-known/jwks.json";
const ME: &str = "/api/v1/users/me";

fn signing_with(algorithm: &str) -> TestAppBuilder {
    TestApp::with("auth.algorithm", algorithm).with("auth.signing_key_publication", "10m")
}

async fn jwks(app: &TestApp) -> Vec<Value> {
    let answer = app.get(JWKS).send().await.expect(200);
    answer.json()["keys"].as_array().unwrap().clone()
}

fn kid_of(token: &str) -> Value {
    let header = token.split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header["kid"].clone()
}

async fn works(app: &TestApp, token: &str) -> bool {
    let status = app.get(ME).bearer(token).send().await.status();
    assert!(status == 200 || status == 401, "{status}");
    status == 200
}

async fn refreshed(app: &TestApp, session: &LoggedIn) -> String {
    let body = json!({ "refresh_token": session.refresh_token });
    let answer = app
        .post("/api/v1/auth/refresh")
        .json(body)
        .send()
        .await
        .expect(200);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

async fn tokens_name_a_published_key_and_open_what_they_should(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let keys = jwks(&app).await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert_eq!(kid_of(&ada.access_token), keys[0]["kid"]);
    assert!(works(&app, &ada.access_token).await);
}
on_every_database!(
    tokens_name_a_published_key_and_open_what_they_should,
    "auth.algorithm" = "ES256"
);

#[tokio::test]
async fn every_algorithm_publishes_its_key_for_a_while_and_hmac_publishes_none() {
    for (algorithm, kind) in [("ES256", "EC"), ("EdDSA", "OKP"), ("RS256", "RSA")] {
        let app = signing_with(algorithm).start().await;
        let answer = app.get(JWKS).send().await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/jwk-set+json"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        let keys = answer.json()["keys"].clone();
        assert_eq!(
            (&keys[0]["kty"], &keys[0]["alg"]),
            (&json!(kind), &json!(algorithm))
        );
        assert!(works(&app, &app.user("ada@example.com").await.access_token).await);
    }
    let app = TestApp::start().await;
    assert_eq!(
        app.get(JWKS).send().await.expect(200).json(),
        json!({ "keys": [] })
    );
}

#[tokio::test]
async fn rotating_publishes_a_key_before_it_signs_and_logs_nobody_out() {
    let app = signing_with("ES256").start().await;
    let ada = app.user("ada@example.com").await;
    let first = jwks(&app).await[0]["kid"].clone();
    app.services()
        .signing_keys
        .rotate(Rotation::Overlapping)
        .await
        .unwrap();
    let rotated = AuditQuery {
        kind: Some(AuditKind::SigningKeyRotated),
        ..AuditQuery::default()
    };
    let events = app.context().store.read().audit_events().list(&rotated).await;
    assert!(!events.unwrap().items.is_empty());
    let published = jwks(&app).await;
    assert_eq!(published.len(), 2);
    let token = refreshed(&app, &ada).await;
    assert_eq!(kid_of(&token), first, "the new key waits for its turn");
    assert!(works(&app, &token).await && works(&app, &ada.access_token).await);
}

#[tokio::test]
async fn a_key_that_signs_at_once_leaves_old_tokens_good_until_they_expire() {
    let app = signing_with("EdDSA")
        .with("auth.signing_key_publication", "0s")
        .start()
        .await;
    let ada = app.user("ada@example.com").await;
    let new = app
        .services()
        .signing_keys
        .rotate(Rotation::Overlapping)
        .await
        .unwrap();
    assert!(works(&app, &ada.access_token).await);
    let token = refreshed(&app, &ada).await;
    assert_eq!(kid_of(&token), json!(new.kid));
    assert!(works(&app, &token).await);
    let answer = app.get(JWKS).send().await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=0"));
}

#[tokio::test]
async fn a_compromised_key_is_forgotten_at_once_and_sessions_go_on() {
    let app = signing_with("ES256").start().await;
    let ada = app.user("ada@example.com").await;
    app.services()
        .signing_keys
        .rotate(Rotation::AtOnce)
        .await
        .unwrap();
    assert_eq!(jwks(&app).await.len(), 1);
    assert!(!works(&app, &ada.access_token).await);
    let token = refreshed(&app, &ada).await;
    assert!(works(&app, &token).await);
}

#[tokio::test]
async fn a_replica_takes_a_token_of_a_key_that_another_has_just_made() {
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let replica = || signing_with("ES256").with("database.url", database.url());
    let (here, there) = (replica().start().await, replica().start().await);
    assert_eq!(jwks(&here).await, jwks(&there).await, "one key for both");
    let ada = here.user("ada@example.com").await;
    assert!(works(&there, &ada.access_token).await);
    here.services()
        .signing_keys
        .rotate(Rotation::AtOnce)
        .await
        .unwrap();
    let token = refreshed(&here, &ada).await;
    assert!(
        works(&there, &token).await,
        "it looks for the key it does not know"
    );
    assert!(
        !works(&there, &ada.access_token).await,
        "and forgets the one that is gone"
    );
}

#[tokio::test]
async fn replicas_that_start_together_agree_on_one_key() {
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let replica = || signing_with("EdDSA").with("database.url", database.url()).start();
    let replicas = tokio::join!(replica(), replica(), replica());
    let sets = [
        jwks(&replicas.0).await,
        jwks(&replicas.1).await,
        jwks(&replicas.2).await,
    ];
    assert_eq!(sets[0].len(), 1);
    assert!(sets.iter().all(|set| *set == sets[0]), "{sets:?}");
}

#[tokio::test]
async fn tokens_go_on_when_the_algorithm_is_changed_back_and_forth() {
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let mut tokens = Vec::new();
    for algorithm in ["HS256", "ES256", "EdDSA", "HS256"] {
        let app = signing_with(algorithm)
            .with("database.url", database.url())
            .start()
            .await;
        let ada = match tokens.is_empty() {
            true => app.user("ada@example.com").await,
            false => app.login("ada@example.com").await,
        };
        tokens.push(ada.access_token);
        for token in &tokens {
            assert!(works(&app, token).await, "{algorithm}: {:?}", kid_of(token));
        }
    }
}

#[tokio::test]
async fn a_changed_secret_key_keeps_tokens_and_keys_good_if_the_old_one_is_named() {
    for algorithm in ["HS256", "ES256"] {
        let database = TestDatabase::Sqlite.create().await.unwrap();
        let app = || signing_with(algorithm).with("database.url", database.url());
        let before = app().start().await;
        let ada = before.user("ada@example.com").await;
        let next = "another secret key of at least thirty-two octets";
        let after = app()
            .with("auth.secret_key", next)
            .with("auth.secret_key_previous", TestAppBuilder::SECRET_KEY)
            .start()
            .await;
        assert!(works(&after, &ada.access_token).await, "{algorithm}");
        assert_eq!(jwks(&before).await, jwks(&after).await);
        let forgotten = app().with("auth.secret_key", next).start().await;
        assert!(!works(&forgotten, &ada.access_token).await, "{algorithm}");
        let token = refreshed(&forgotten, &ada).await;
        assert!(
            works(&forgotten, &token).await,
            "{algorithm}: the session lives on"
        );
    }
}

#[tokio::test]
async fn the_private_keys_are_encrypted_where_they_are_kept() {
    let app = signing_with("RS256").start().await;
    let stored = app.context().store.read().signing_keys().list().await.unwrap();
    assert_eq!(stored.len(), 1);
    assert!(stored[0].sealed.starts_with("v1."), "not sealed");
    let opened = app
        .context()
        .sealer
        .open(&format!("signing key:{}", stored[0].kid), &stored[0].sealed);
    assert!(opened.unwrap().len() > 1_000);
    let elsewhere = app
        .context()
        .sealer
        .open("signing key:another", &stored[0].sealed);
    assert!(elsewhere.is_err(), "it opens in its own row only");
}

#[tokio::test]
async fn algorithms_and_names_of_keys_cannot_be_talked_about_over_http() {
    let app = signing_with("ES256").start().await;
    let ada = app.user("ada@example.com").await;
    let (claims, kid) = (claims_of(&ada.access_token), kid_of(&ada.access_token));
    let key = jwks(&app).await[0].clone();
    let public = BASE64_URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    for (header, secret) in [
        (
            json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }),
            public.clone(),
        ),
        (json!({ "alg": "HS256", "typ": "at+jwt" }), public.clone()),
        (
            json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }),
            server_key().to_vec(),
        ),
        (
            json!({ "alg": "ES256", "typ": "at+jwt", "kid": kid }),
            server_key().to_vec(),
        ),
        (
            json!({ "alg": "HS256", "typ": "at+jwt", "kid": "unknown" }),
            server_key().to_vec(),
        ),
        (json!({ "alg": "none", "typ": "at+jwt", "kid": kid }), Vec::new()),
        (
            json!({ "alg": "HS256", "typ": "at+jwt", "jwk": key, "kid": kid }),
            public,
        ),
        (json!({ "alg": "HS256", "typ": "JWT" }), server_key().to_vec()),
    ] {
        let answer = app.get(ME).bearer(&forge(&header, &claims, &secret)).send().await;
        answer.expect_problem(401, "UNAUTHENTICATED");
    }
}
