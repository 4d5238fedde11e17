//! `POST /auth/mfa/totp`.

use std::{env, process::Command};

use mainstay_testkit::TestApp;
use serde_json::json;

use super::support::{code_at, confirm, decode, enrol, protect, protected, status, this_step};

#[tokio::test]
async fn an_app_gets_its_secret_as_text_address_and_picture() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let request = app.post("/api/v1/auth/mfa/totp").bearer(&ada.access_token);
    let answer = request.json(json!({})).send().await.expect(201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    let secret = body["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 32, "160 bits in base32");
    let uri = format!(
        "otpauth://totp/Mainstay:ada%40example.com?secret={secret}&issuer=Mainstay&algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(body["otpauth_uri"], uri);
    let picture = body["qr_svg"].as_str().unwrap();
    assert!(picture.contains("<svg") && !picture.contains("<script"));
    assert_eq!(
        status(&app, &ada).await["enabled"],
        false,
        "nothing changes until it is confirmed"
    );
}

/// A program that others wrote agrees with the server about what the secret means.
#[tokio::test]
async fn codes_of_oathtool_are_taken() {
    let shown = Command::new("oathtool").arg("--version").output();
    if shown.is_err() {
        assert!(
            env::var_os("REQUIRE_BACKENDS").is_none(),
            "oathtool is not installed"
        );
        eprintln!("SKIPPED codes_of_oathtool_are_taken: oathtool is not installed");
        return;
    }
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let phone = enrol(&app, &ada).await;
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", &phone.secret])
        .output()
        .unwrap();
    let code = String::from_utf8(output.stdout).unwrap();
    assert_eq!(code.trim().len(), 6);
    confirm(&app, &ada, &phone.id, code.trim()).await.expect(200);
}

#[tokio::test]
async fn a_second_offer_forgets_the_first_but_no_factor() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let first = enrol(&app, &ada.user).await;
    let second = enrol(&app, &ada.user).await;
    assert_ne!(first.secret, second.secret);
    confirm(&app, &ada.user, &first.id, &first.code())
        .await
        .expect_problem(404, "NOT_FOUND");
    confirm(&app, &ada.user, &second.id, &second.code())
        .await
        .expect(200);
    let factors = status(&app, &ada.user).await["factors"].clone();
    let ids: Vec<_> = factors
        .as_array()
        .unwrap()
        .iter()
        .map(|factor| factor["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [&*ada.app.id, &*second.id]);
}

#[tokio::test]
async fn an_account_has_five_apps_at_most() {
    let app = TestApp::start().await;
    let ada = protect(&app, app.user("ada@example.com").await).await;
    for _ in 0..4 {
        let phone = enrol(&app, &ada.user).await;
        confirm(&app, &ada.user, &phone.id, &phone.code())
            .await
            .expect(200);
    }
    let request = app.post("/api/v1/auth/mfa/totp").bearer(&ada.user.access_token);
    request
        .json(json!({}))
        .send()
        .await
        .expect_problem(409, "TOO_MANY_FACTORS");
}

#[tokio::test]
async fn a_name_must_be_there_and_short() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for name in ["", "   ", &"x".repeat(65)] {
        let request = app.post("/api/v1/auth/mfa/totp").bearer(&ada.access_token);
        let answer = request.json(json!({ "name": name })).send().await;
        answer.expect_invalid(&[("name", "INVALID_LENGTH")]);
    }
}

#[tokio::test]
async fn the_secret_lies_in_the_database_sealed() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let phone = enrol(&app, &ada).await;
    let id = ada.id.parse().unwrap();
    let [stored] = app
        .context()
        .store
        .read()
        .totp_factors()
        .list(id)
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert!(!stored.secret.0.contains(&phone.secret));
    assert!(!format!("{stored:?}").contains(&stored.secret.0));
    assert_eq!(code_at(&decode(&phone.secret), this_step()).len(), 6);
}
