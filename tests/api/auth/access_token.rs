//! Access tokens that must not be taken for good ones (RFC 8725).

use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::{Value, json};

use crate::support::{claims_of, forge, server_key};

async fn refused(app: &TestApp, token: &str, code: &str) {
    let answer = app.get("/api/v1/users/me").bearer(token).send().await;
    answer.expect_problem(401, code);
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge, Some("Bearer error=\"invalid_token\""));
}

fn header() -> Value {
    json!({ "alg": "HS256", "typ": "at+jwt" })
}

async fn ada() -> (TestApp, LoggedIn) {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    (app, ada)
}

#[tokio::test]
async fn a_token_forged_with_the_servers_key_is_what_the_other_tests_compare_with() {
    let (app, ada) = ada().await;
    let token = forge(&header(), &claims_of(&ada.access_token), &server_key());
    app.get("/api/v1/users/me")
        .bearer(&token)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let (app, ada) = ada().await;
    let claims = claims_of(&ada.access_token);
    for alg in ["none", "None", "NONE"] {
        let forged = forge(&json!({ "alg": alg, "typ": "at+jwt" }), &claims, &server_key());
        let (message, _) = forged.rsplit_once('.').unwrap();
        refused(&app, &format!("{message}."), "UNAUTHENTICATED").await;
        refused(&app, message, "UNAUTHENTICATED").await;
        refused(&app, &forged, "UNAUTHENTICATED").await;
    }
    let (message, _) = ada.access_token.rsplit_once('.').unwrap();
    refused(&app, &format!("{message}."), "UNAUTHENTICATED").await;
}

#[tokio::test]
async fn a_token_signed_with_another_key_is_refused() {
    let (app, ada) = ada().await;
    let claims = claims_of(&ada.access_token);
    for key in [
        &b""[..],
        &[0; 32],
        mainstay_testkit::TestAppBuilder::SECRET_KEY.as_bytes(),
    ] {
        refused(&app, &forge(&header(), &claims, key), "UNAUTHENTICATED").await;
    }
}

#[tokio::test]
async fn a_token_of_another_algorithm_or_type_is_refused() {
    let (app, ada) = ada().await;
    let claims = claims_of(&ada.access_token);
    for header in [
        json!({ "alg": "HS512", "typ": "at+jwt" }),
        json!({ "alg": "RS256", "typ": "at+jwt" }),
        json!({ "alg": "HS256", "typ": "JWT" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "HS256", "typ": "at+jwt", "crit": ["exp"] }),
        json!({ "typ": "at+jwt" }),
    ] {
        refused(&app, &forge(&header, &claims, &server_key()), "UNAUTHENTICATED").await;
    }
}

#[tokio::test]
async fn a_refresh_token_is_no_access_token() {
    let (app, ada) = ada().await;
    refused(&app, &ada.refresh_token, "UNAUTHENTICATED").await;
}

#[tokio::test]
async fn an_expired_token_is_told_apart_so_that_clients_refresh() {
    let (app, ada) = ada().await;
    let mut claims = claims_of(&ada.access_token);
    let issued = claims["iat"].as_i64().unwrap() - 3600;
    for (claim, value) in [("iat", issued), ("nbf", issued), ("exp", issued + 900)] {
        claims[claim] = json!(value);
    }
    refused(&app, &forge(&header(), &claims, &server_key()), "TOKEN_EXPIRED").await;
}

#[tokio::test]
async fn claims_of_another_issuer_audience_time_or_person_are_refused() {
    let (app, ada) = ada().await;
    let eve = app.user("eve@example.com").await;
    let good = claims_of(&ada.access_token);
    let later = json!(good["iat"].as_i64().unwrap() + 600);
    for changes in [
        json!({ "iss": "elsewhere" }),
        json!({ "aud": "elsewhere" }),
        json!({ "sub": eve.id }),
        json!({ "sid": ada.id }),
        json!({ "sub": "not a uuid" }),
        json!({ "exp": null }),
        json!({ "iat": later, "nbf": later }),
    ] {
        let mut claims = good.clone();
        for (claim, value) in changes.as_object().unwrap() {
            claims[claim] = value.clone();
        }
        refused(&app, &forge(&header(), &claims, &server_key()), "UNAUTHENTICATED").await;
    }
}

#[tokio::test]
async fn a_token_changed_in_any_part_is_refused() {
    let (app, ada) = ada().await;
    let parts: Vec<&str> = ada.access_token.split('.').collect();
    for index in 0..3 {
        let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let part = &mut parts[index];
        let middle = part.len() / 2;
        let other = if part.as_bytes()[middle] == b'A' { "B" } else { "A" };
        part.replace_range(middle..=middle, other);
        refused(&app, &parts.join("."), "UNAUTHENTICATED").await;
    }
    refused(&app, "a.b.c", "UNAUTHENTICATED").await;
    refused(&app, &"x".repeat(5000), "UNAUTHENTICATED").await;
}

#[tokio::test]
async fn without_credentials_the_challenge_names_no_error() {
    let app = TestApp::start().await;
    let answer = app.get("/api/v1/users/me").send().await;
    answer.expect_problem(401, "UNAUTHENTICATED");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn other_schemes_and_empty_credentials_are_refused() {
    let (app, ada) = ada().await;
    for value in ["Bearer", "Bearer ", "Basic YWRhOnNlY3JldA==", "", "\u{e9}"] {
        let answer = app
            .get("/api/v1/users/me")
            .header("authorization", value)
            .send()
            .await;
        answer.expect_problem(401, "UNAUTHENTICATED");
    }
    let lower = format!("bearer {}", ada.access_token);
    app.get("/api/v1/users/me")
        .header("authorization", lower)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn two_credentials_at_once_are_refused_whichever_is_valid() {
    let (app, ada) = ada().await;
    for other in ["Bearer nonsense", ada.access_token.as_str()] {
        let twice = ada.get("/api/v1/users/me").header("authorization", other);
        twice.send().await.expect_problem(401, "UNAUTHENTICATED");
    }
    drop(app);
}

#[tokio::test]
async fn a_token_in_the_address_is_not_looked_at() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let path = format!("/api/v1/users/me?access_token={}", ada.access_token);
    let answer = app.get(&path).send().await;
    answer.expect_problem(401, "UNAUTHENTICATED");
}
