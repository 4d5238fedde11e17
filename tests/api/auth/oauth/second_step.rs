//! Second factors, notices and old tickets of those whom a provider vouches for.

use futures::future::join_all;
use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::json;

use super::support::*;
use crate::auth::mfa::support::{protected, verify as prove};

#[tokio::test]
async fn the_word_of_a_provider_passes_no_second_factor_by() {
    let (app, provider) = start().await;
    let ada = protected(&app, "ada@example.com").await;
    verify(&app, &ada.user).await;
    // Nor does it help that the provider saw two factors, or says so.
    provider.claims(json!({ "amr": ["mfa", "hwk", "otp"], "acr": "urn:mace:incommon:iap:gold" }));
    // The first time links, and the second finds the link: both are half a login.
    for _ in 0..2 {
        let answer = sign_in(&app, &provider).await.expect(200);
        let asked = answer.json();
        assert_eq!(asked["mfa_required"], true, "{asked}");
        assert!(!answer.text().contains("access_token"), "{asked}");
        let token = asked["mfa_token"].as_str().unwrap();
        let wrong = prove(&app, token, "totp", &ada.app.wrong_code()).await;
        wrong.expect_problem(403, "WRONG_CODE");
        let pair = prove(&app, token, "totp", &ada.app.code()).await.expect(200);
        assert_eq!(me(&app, &pair).await["id"], ada.user.id);
    }
}

#[tokio::test]
async fn the_code_of_a_front_end_leads_to_the_second_step_too() {
    let (app, provider) = start().await;
    let ada = protected(&app, "ada@example.com").await;
    verify(&app, &ada.user).await;
    let journey = begin_at(&app, "fake", &format!("?redirect_uri={APP}")).await;
    let answer = journey.back(&app, &provider).await.expect(303);
    let code = answer.location().split_once("code=").unwrap().1.to_owned();
    let exchange = app.post("/api/v1/auth/oauth/exchange");
    let asked = exchange.json(json!({ "code": code })).send().await.expect(200);
    assert_eq!(asked.json()["mfa_required"], true, "{}", asked.text());
}

#[tokio::test]
async fn factors_of_whoever_made_the_account_do_not_keep_its_owner_out() {
    let (app, provider) = start().await;
    // Nobody has proved the address: the app is the attacker's.
    let attacker = protected(&app, "ada@example.com").await;
    let owner = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_eq!(owner["id"], attacker.user.id);
    let refused = attacker.user.get("/api/v1/users/me").await;
    refused.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_owner_is_told_by_mail_which_provider_was_linked() {
    let (app, provider) = start().await;
    let ada = app.user("ada@example.com").await;
    verify(&app, &ada).await;
    sign_in(&app, &provider).await.expect(200);
    let notices = notices(&app).await;
    assert_eq!(notices, ["fake"]);
    // Not every time.
    sign_in(&app, &provider).await.expect(200);
    assert_eq!(self::notices(&app).await, ["fake"]);
    // And whoever links by hand is told as well, though the address is another.
    provider.claims(json!({ "sub": "second", "email": "other@example.com", "email_verified": false }));
    link(&app, &ada).await.back(&app, &provider).await.expect(200);
    assert_eq!(self::notices(&app).await.len(), 2);
}

async fn notices(app: &TestApp) -> Vec<String> {
    let mails = app.mailbox().all_to("ada@example.com").await;
    let notices = mails.iter().filter(|mail| mail.template() == "identity_linked");
    notices.map(|mail| mail.value("provider").to_owned()).collect()
}

async fn link(app: &TestApp, caller: &LoggedIn) -> Journey {
    let request = app.post("/api/v1/auth/oauth/fake/link").by(caller);
    let begun = request.json(json!({})).send().await.expect(200);
    let cookie = begun
        .header("set-cookie")
        .map(|set| set.split(';').next().unwrap().to_owned());
    let location = begun.json()["authorization_url"].as_str().unwrap().to_owned();
    Journey { cookie, location }
}

async fn let_tickets_expire(app: &TestApp) {
    app.execute("UPDATE one_time_tokens SET expires_at = created_at")
        .await;
}

async fn exchanged(app: &TestApp, code: &str) -> TestResponse {
    let exchange = app.post("/api/v1/auth/oauth/exchange");
    exchange.json(json!({ "code": code })).send().await
}

#[tokio::test]
async fn a_login_that_took_too_long_at_the_provider_begins_anew() {
    let (app, provider) = start().await;
    let journey = begin(&app).await;
    let_tickets_expire(&app).await;
    let late = journey.back(&app, &provider).await;
    late.expect_problem(403, "OAUTH_STATE_INVALID");
    let journey = begin_at(&app, "fake", &format!("?redirect_uri={APP}")).await;
    let answer = journey.back(&app, &provider).await.expect(303);
    let code = answer.location().split_once("code=").unwrap().1.to_owned();
    let_tickets_expire(&app).await;
    let late = exchanged(&app, &code).await;
    late.expect_problem(403, "OAUTH_CODE_INVALID");
    sign_in(&app, &provider).await.expect(200);
}

#[tokio::test]
async fn a_session_that_a_provider_began_lives_and_ends_here() {
    let (app, provider) = start().await;
    let tokens = sign_in(&app, &provider).await.expect(200).json();
    assert_eq!(tokens["refresh_expires_in"], 7 * 24 * 60 * 60);
    // The provider is asked for nothing any more, so that its end is not ours.
    provider.says().issuer = Some("https://gone.example".to_owned());
    let refresh = async |token: &serde_json::Value| {
        let request = app.post("/api/v1/auth/refresh");
        request.json(json!({ "refresh_token": token })).send().await
    };
    let next = refresh(&tokens["refresh_token"]).await.expect(200).json();
    let access = next["access_token"].as_str().unwrap();
    app.post("/api/v1/auth/logout")
        .bearer(access)
        .send()
        .await
        .expect(204);
    refresh(&next["refresh_token"])
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
    // And a new one needs a new word of the provider.
    provider.says().issuer = None;
    let question = begin(&app).await;
    assert!(
        question.location.starts_with(&provider.url),
        "{}",
        question.location
    );
}

#[tokio::test]
async fn an_account_that_was_switched_off_stays_so_whatever_a_provider_says() {
    let (app, provider) = start().await;
    let admin = app.admin().await;
    let ada = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    let path = format!("/api/v1/users/{}", ada["id"].as_str().unwrap());
    admin.post(&format!("{path}/disable")).await.expect(200);
    let refused = sign_in(&app, &provider).await;
    refused.expect_problem(403, "ACCOUNT_DISABLED");
    // Nor does another identity with the same address open it.
    provider.claims(json!({ "sub": "another" }));
    let refused = sign_in(&app, &provider).await;
    refused.expect_problem(403, "ACCOUNT_DISABLED");
    admin.delete(&path).await.expect(204);
    let answer = sign_in(&app, &provider).await;
    assert_ne!(
        answer.status(),
        200,
        "a deleted account was opened: {}",
        answer.text()
    );
}

#[tokio::test]
async fn a_provider_that_is_broken_is_asked_once_for_all_who_come_at_once() {
    let (app, provider) = start().await;
    provider.says().issuer = Some("https://evil.example".to_owned());
    let ask = || app.get("/api/v1/auth/oauth/fake/authorize").send();
    for answer in join_all((0..8).map(|_| ask())).await {
        answer.expect_problem(503, "UNAVAILABLE");
    }
    let asked = provider.says().documents_read;
    // Twice, if the last of them came when the first failure was already forgotten.
    assert!((1..=2).contains(&asked), "asked {asked} times");
    provider.says().issuer = None;
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    sign_in(&app, &provider).await.expect(200);
}
