//! Signing in by another provider's word, and everything that must not count as one.

use serde_json::json;

use super::support::*;
use crate::support::FakeProvider;

#[tokio::test]
async fn somebody_new_gets_an_account_and_finds_it_again_whatever_the_address() {
    let (app, provider) = start().await;
    let first = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_eq!(first["email"], "ada@example.com");
    assert_eq!(first["first_name"], "Ada");
    assert_eq!(first["email_verified"], true);
    provider.claims(json!({ "email": "lovelace@example.com", "email_verified": false }));
    let again = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_eq!((&again["id"], &again["email"]), (&first["id"], &first["email"]));
    provider.claims(json!({ "sub": "eve", "email": "eve@example.com" }));
    let other = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_ne!(other["id"], first["id"]);
}

#[tokio::test]
async fn the_question_has_pkce_and_a_cookie_that_only_this_browser_sends() {
    let (app, _provider) = start().await;
    let answer = app
        .get("/api/v1/auth/oauth/fake/authorize")
        .send()
        .await
        .expect(302);
    let location = answer.location();
    for part in [
        "response_type=code",
        "code_challenge_method=S256",
        "code_challenge=",
        "nonce=",
        "state=",
    ] {
        assert!(location.contains(part), "{location}");
    }
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-mainstay_oauth="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let form = app
        .get("/api/v1/auth/oauth/posting/authorize")
        .send()
        .await
        .expect(302);
    assert!(form.location().contains("response_mode=form_post"));
    assert!(form.header("set-cookie").unwrap().ends_with("SameSite=None"));
    app.get("/api/v1/auth/oauth/nobody/authorize")
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
    let listed = app
        .get("/api/v1/auth/oauth/providers")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(listed["data"], json!(["fake", "github", "other", "posting"]));
}

#[tokio::test]
async fn tokens_with_wrong_claims_or_signatures_prove_nothing() {
    let (app, provider) = start().await;
    let wrong = [
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{}/", provider.url) }),
        json!({ "aud": "another" }),
        json!({ "aud": ["mainstay", "another"] }),
        json!({ "aud": ["mainstay", "another"], "azp": "another" }),
        json!({ "azp": "another" }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "exp": 1_000_000_000 }),
        json!({ "exp": "4000000000" }),
        json!({ "iat": 4_000_000_000_i64 }),
        json!({ "sub": "" }),
        json!({ "sub": 7 }),
    ];
    for claims in wrong {
        provider.claims(claims.clone());
        let answer = sign_in(&app, &provider).await;
        assert_eq!(answer.status(), 403, "{claims} was believed");
        answer.expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
    provider.claims(json!({}));
    for algorithm in ["none", "HS256", "ES384"] {
        provider.says().algorithm = algorithm;
        let answer = sign_in(&app, &provider).await;
        answer.expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
    provider.says().algorithm = "ES256";
    sign_in(&app, &provider).await.expect(200);
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_is_not_used() {
    let (app, provider) = start().await;
    provider.says().issuer = Some("https://evil.example".to_owned());
    let answer = app.get("/api/v1/auth/oauth/fake/authorize").send().await;
    answer.expect_problem(503, "UNAVAILABLE");
}

#[tokio::test]
async fn a_new_key_is_found_and_invented_ones_are_not_searched_again_and_again() {
    let (app, provider) = start().await;
    sign_in(&app, &provider).await.expect(200);
    provider.rotate("two");
    sign_in(&app, &provider).await.expect(200);
    let read = provider.says().keys_read;
    for _ in 0..3 {
        provider.says().kid = "invented".to_owned();
        // The provider's own list says "invented" too, but nobody looks so soon.
        sign_in(&app, &provider)
            .await
            .expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
    assert_eq!(provider.says().keys_read, read);
}

#[tokio::test]
async fn a_state_works_once_and_in_its_own_browser_at_its_own_provider_only() {
    let (app, provider) = start().await;
    let journey = begin(&app).await;
    let (state, code) = provider.log_in(&journey.location);
    let query = format!("state={state}&code={code}");
    journey.back_with(&app, &query).await.expect(200);
    journey
        .back_with(&app, &query)
        .await
        .expect_problem(403, "OAUTH_STATE_INVALID");
    // The victim's browser has another cookie, or none.
    for cookie in [None, begin(&app).await.cookie] {
        let attacker = begin(&app).await;
        let victim = Journey {
            cookie,
            location: attacker.location,
        };
        victim
            .back(&app, &provider)
            .await
            .expect_problem(403, "OAUTH_STATE_INVALID");
    }
    let other = begin_at(&app, "other", "").await;
    other
        .back(&app, &provider)
        .await
        .expect_problem(403, "OAUTH_STATE_INVALID");
    journey
        .back_with(&app, "state=invented&code=x")
        .await
        .expect_problem(403, "OAUTH_STATE_INVALID");
    journey
        .back_with(&app, "code=x")
        .await
        .expect_problem(403, "OAUTH_STATE_INVALID");
}

#[tokio::test]
async fn a_code_that_the_provider_knows_not_or_not_any_more_lets_nobody_in() {
    let (app, provider) = start().await;
    let first = begin(&app).await;
    let (state, code) = provider.log_in(&first.location);
    first
        .back_with(&app, &format!("state={state}&code={code}"))
        .await
        .expect(200);
    for code in [code.as_str(), "invented"] {
        let next = begin(&app).await;
        let (state, _) = provider.log_in(&next.location);
        let answer = next.back_with(&app, &format!("state={state}&code={code}")).await;
        answer.expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
    let denied = begin(&app).await;
    let (state, _) = provider.log_in(&denied.location);
    let answer = denied
        .back_with(&app, &format!("state={state}&error=access_denied"))
        .await;
    answer.expect_problem(403, "OAUTH_DENIED");
    let mixed = begin(&app).await;
    let (state, code) = provider.log_in(&mixed.location);
    let answer = mixed
        .back_with(
            &app,
            &format!("state={state}&code={code}&iss=https://evil.example"),
        )
        .await;
    answer.expect_problem(403, "OAUTH_ANSWER_INVALID");
}

#[tokio::test]
async fn a_front_end_gets_a_code_at_its_listed_address_and_exchanges_it_once() {
    let (app, provider) = start().await;
    for uri in [
        "https://evil.example/",
        "https://app.example.com/signed-in/",
        "https://app.example.com/signed-in?x=1",
    ] {
        let path = format!("/api/v1/auth/oauth/fake/authorize?redirect_uri={uri}");
        app.get(&path)
            .send()
            .await
            .expect_invalid(&[("redirect_uri", "NOT_ALLOWED")]);
    }
    let journey = begin_at(&app, "fake", &format!("?redirect_uri={APP}")).await;
    let answer = journey.back(&app, &provider).await.expect(303);
    let code = answer
        .location()
        .strip_prefix(&format!("{APP}?code="))
        .unwrap()
        .to_owned();
    assert!(!answer.text().contains("access_token"));
    let exchange = async || {
        let body = json!({ "code": code });
        app.post("/api/v1/auth/oauth/exchange").json(body).send().await
    };
    assert!(exchange().await.expect(200).json()["refresh_token"].is_string());
    exchange().await.expect_problem(403, "OAUTH_CODE_INVALID");
    provider.claims(json!({ "aud": "another" }));
    let journey = begin_at(&app, "fake", &format!("?redirect_uri={APP}")).await;
    let answer = journey.back(&app, &provider).await.expect(303);
    assert_eq!(answer.location(), format!("{APP}?error=OAUTH_ANSWER_INVALID"));
}

#[tokio::test]
async fn a_code_bound_to_a_secret_is_worth_nothing_without_it() {
    let (app, provider) = start().await;
    // The example of RFC 7636.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let query = format!("?redirect_uri={APP}&browser_binding=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    for given in [None, Some("another"), Some(verifier)] {
        let journey = begin_at(&app, "fake", &query).await;
        assert_eq!(journey.cookie, None);
        let answer = journey.back(&app, &provider).await.expect(303);
        let code = answer.location().split_once("code=").unwrap().1.to_owned();
        let mut body = json!({ "code": code });
        if let Some(given) = given {
            body["verifier"] = json!(given);
        }
        let answer = app.post("/api/v1/auth/oauth/exchange").json(body).send().await;
        if given == Some(verifier) {
            answer.expect(200);
        } else {
            answer.expect_problem(403, "OAUTH_CODE_INVALID");
        }
    }
}

#[tokio::test]
async fn an_answer_sent_by_a_form_is_taken_up_like_any_other() {
    let (app, provider) = start().await;
    let journey = begin_at(&app, "posting", "").await;
    let (state, code) = provider.log_in(&journey.location);
    let path = "/api/v1/auth/oauth/posting/callback";
    let request = app.post(path).header("cookie", journey.cookie.unwrap());
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("origin", "https://id.example.com");
    request
        .body(format!("state={state}&code={code}&user=%7B%7D"))
        .send()
        .await
        .expect(200);
    app.post(path)
        .json(json!({}))
        .send()
        .await
        .expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn where_registration_is_closed_only_accounts_that_exist_are_opened() {
    let provider = FakeProvider::start();
    for mode in ["closed", "invite"] {
        let app = with_provider(&provider)
            .with("auth.registration", mode)
            .start()
            .await;
        sign_in(&app, &provider)
            .await
            .expect_problem(403, "REGISTRATION_CLOSED");
    }
}

#[tokio::test]
async fn github_vouches_for_its_primary_verified_address_and_the_number_of_the_user() {
    let (app, provider) = start().await;
    let enter = async || {
        let journey = begin_at(&app, "github", "").await;
        let (state, code) = provider.log_in(&journey.location);
        let path = format!("/api/v1/auth/oauth/github/callback?state={state}&code={code}");
        app.get(&path)
            .header("cookie", journey.cookie.unwrap())
            .send()
            .await
    };
    for entry in [
        json!({ "email": "ada@example.com", "primary": true, "verified": false }),
        json!({ "email": "ada@example.com", "primary": false, "verified": true }),
        json!({ "email": "ada@example.com", "primary": true, "verified": "true" }),
    ] {
        provider.claims(json!({ "emails": [entry] }));
        enter().await.expect_problem(403, "PROVIDER_EMAIL_UNVERIFIED");
    }
    let primary = json!({ "email": "ada@example.com", "primary": true, "verified": true });
    provider.claims(
        json!({ "emails": [{ "email": "b@example.com", "primary": false, "verified": true }, primary] }),
    );
    let first = me(&app, &enter().await.expect(200)).await;
    assert_eq!(first["email"], "ada@example.com");
    provider.claims(json!({ "user": { "id": 1815, "login": "renamed" } }));
    assert_eq!(me(&app, &enter().await.expect(200)).await["id"], first["id"]);
}
