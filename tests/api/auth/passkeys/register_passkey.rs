//! `POST /auth/passkeys/registration/options` and `/auth/passkeys`.

use serde_json::json;

use super::support::{SoftAuthenticator, creation_options, encode, register, registered, server};
use crate::auth::mfa::support::{let_time_pass, status};

#[tokio::test]
async fn the_options_say_what_the_browser_needs_and_no_more() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let options = creation_options(&app, &ada).await;
    assert_eq!(options["rp"], json!({ "id": "localhost", "name": "Mainstay" }));
    assert_eq!(options["user"]["name"], "ada@example.com");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["challenge"].as_str().unwrap().len(), 43, "256 bits");
    assert_eq!(options["excludeCredentials"], json!([]));
    assert_ne!(
        options["challenge"],
        creation_options(&app, &ada).await["challenge"]
    );
}

#[tokio::test]
async fn the_first_passkey_brings_recovery_codes_and_a_second_step() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (authenticator, answer) = registered(&app, &ada).await;
    assert_eq!(answer["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(
        (&answer["passkey"]["kind"], &answer["passkey"]["name"]),
        (&json!("passkey"), &json!("My laptop"))
    );
    let shown = status(&app, &ada).await;
    assert_eq!(shown["methods"], json!(["passkey", "recovery_code"]));
    let known = creation_options(&app, &ada).await["excludeCredentials"].clone();
    assert_eq!(known[0]["id"], encode(&authenticator.credential_id));
    assert_eq!(
        known[0]["transports"],
        json!(["hybrid", "internal"]),
        "unknown ones are dropped"
    );
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(
        (mail.template(), mail.value("method")),
        ("mfa_enabled", "passkey")
    );
}

#[tokio::test]
async fn a_challenge_dies_after_one_attempt() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let options = creation_options(&app, &ada).await;
    let mut wrong = SoftAuthenticator::new();
    wrong.rp_id = "evil.example".to_owned();
    register(&app, &ada, wrong.create(&options))
        .await
        .expect_problem(403, "PASSKEY_REFUSED");
    let right = SoftAuthenticator::new().create(&options);
    register(&app, &ada, right)
        .await
        .expect_problem(403, "PASSKEY_REFUSED");
}

#[tokio::test]
async fn what_was_made_elsewhere_or_for_another_purpose_is_refused() {
    let app = server().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let twist: [fn(&mut SoftAuthenticator); 5] = [
        |it| it.origin = "http://localhost:8001".to_owned(),
        |it| it.origin = "https://localhost:8000.evil.example".to_owned(),
        |it| it.rp_id = "example.com".to_owned(),
        |it| it.cross_origin = true,
        |it| it.kind = Some("webauthn.get"),
    ];
    for (number, twist) in twist.into_iter().enumerate() {
        let mut authenticator = SoftAuthenticator::new();
        twist(&mut authenticator);
        let created = authenticator.create(&creation_options(&app, &ada).await);
        let answer = register(&app, &ada, created).await;
        assert_eq!(answer.status(), 403, "{number}: {}", answer.text());
    }
    // A challenge of somebody else, and one that the server never made.
    let theirs = SoftAuthenticator::new().create(&creation_options(&app, &eve).await);
    register(&app, &ada, theirs)
        .await
        .expect_problem(403, "PASSKEY_REFUSED");
    let mut options = creation_options(&app, &ada).await;
    options["challenge"] = json!(encode(&[7; 32]));
    let invented = SoftAuthenticator::new().create(&options);
    register(&app, &ada, invented)
        .await
        .expect_problem(403, "PASSKEY_REFUSED");
    assert_eq!(status(&app, &ada).await["enabled"], false);
}

#[tokio::test]
async fn one_credential_is_registered_for_one_account() {
    let app = server().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let (mut authenticator, _) = registered(&app, &ada).await;
    let again = authenticator.create(&creation_options(&app, &eve).await);
    register(&app, &eve, again)
        .await
        .expect_problem(409, "PASSKEY_TAKEN");
}

#[tokio::test]
async fn adding_a_passkey_asks_for_a_recent_proof() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let_time_pass(&app, &ada).await;
    let request = app.post("/api/v1/auth/passkeys/registration/options");
    let answer = request.bearer(&ada.access_token).send().await;
    answer.expect_problem(403, "REAUTHENTICATION_REQUIRED");
}

#[tokio::test]
async fn octets_that_are_none_are_named_field_by_field() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let mut created = SoftAuthenticator::new().create(&creation_options(&app, &ada).await);
    created["rawId"] = json!("not base64url!");
    created["response"]["attestationObject"] = json!("+/+/");
    register(&app, &ada, created).await.expect_invalid(&[
        ("passkey.rawId", "INVALID_BASE64URL"),
        ("passkey.response.attestationObject", "INVALID_BASE64URL"),
    ]);
}
