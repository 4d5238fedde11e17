//! `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).

use mainstay_testkit::{PASSWORD, TestApp, TestAppBuilder, TestResponse};
use serde_json::json;

use super::{
    mfa::support::{begin, protected, verify},
    passkeys::support::{SoftAuthenticator, log_in, login_options},
};

fn throttled() -> TestAppBuilder {
    TestApp::with("throttle.enabled", "true")
        .with("throttle.account_free_tries", "3")
        .with("throttle.address_free_tries", "30")
        .with("throttle.register_free_tries", "3")
}

async fn login(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    app.post("/api/v1/auth/login").json(body).send().await
}

/// `r` and `t` of one policy.
fn left(answer: &TestResponse, policy: &str) -> (u64, u64) {
    let field = answer
        .header("ratelimit")
        .unwrap_or_else(|| panic!("no RateLimit: {answer:?}"));
    let name = format!("\"{policy}\";");
    let item = field.split(", ").find_map(|item| item.strip_prefix(&name));
    let (r, t) = item
        .unwrap_or_else(|| panic!("no {policy} in {field}"))
        .split_once(';')
        .unwrap();
    let number = |text: &str, key| text.strip_prefix(key).unwrap().parse().unwrap();
    (number(r, "r="), number(t, "t="))
}

#[tokio::test]
async fn a_login_tells_how_many_tries_are_left() {
    let app = throttled().start().await;
    app.register("ada@example.com").await;
    for expected in [2, 1, 0] {
        let answer = login(&app, "ada@example.com", "not the password").await;
        answer.expect_problem(401, "INVALID_CREDENTIALS");
        assert_eq!(left(&answer, "account").0, expected);
        assert_eq!(
            answer.header("ratelimit-policy"),
            Some("\"account\";q=3;w=900, \"address\";q=30;w=900")
        );
    }
    let refused = login(&app, "ada@example.com", PASSWORD).await;
    refused.expect_problem(429, "TOO_MANY_REQUESTS");
    let (remaining, reset) = left(&refused, "account");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(remaining, 0);
    assert!(reset <= wait && reset > 0, "{reset} and {wait}");
    assert_eq!(left(&refused, "address").0, 27);
}

#[tokio::test]
async fn a_successful_login_tells_it_too_and_has_all_tries_back() {
    let app = throttled().start().await;
    app.register("ada@example.com").await;
    login(&app, "ada@example.com", "not the password")
        .await
        .expect(401);
    let answer = login(&app, "ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(left(&answer, "account"), (3, 900));
}

#[tokio::test]
async fn known_and_unknown_accounts_have_the_same_tries_left() {
    let app = throttled().start().await;
    app.register("ada@example.com").await;
    let mut seen = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let mut remaining = Vec::new();
        for _ in 0..5 {
            let answer = login(&app, email, "not the password").await;
            remaining.push((answer.status(), left(&answer, "account").0));
            let policy = answer.header("ratelimit-policy");
            assert_eq!(policy, Some("\"account\";q=3;w=900, \"address\";q=30;w=900"));
        }
        seen.push(remaining);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn how_often_others_tried_an_account_is_told_to_nobody() {
    let app = throttled()
        .with("throttle.account_free_tries", "100")
        .with("throttle.anywhere_free_tries", "2")
        .start()
        .await;
    for _ in 0..2 {
        let answer = login(&app, "ada@example.com", "not the password")
            .await
            .expect(401);
        assert!(!answer.header("ratelimit").unwrap().contains("service"));
    }
    let refused = login(&app, "ada@example.com", "not the password").await;
    refused.expect_problem(429, "TOO_MANY_REQUESTS");
    assert_eq!(left(&refused, "service").0, 0);
}

#[tokio::test]
async fn registration_and_change_of_password_count_down_as_well() {
    let app = throttled().start().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "email": "bob@example.com", "password": PASSWORD });
    let answer = app
        .post("/api/v1/auth/register")
        .json(body)
        .send()
        .await
        .expect(201);
    assert_eq!(left(&answer, "registration").0, 1);
    let body = json!({ "current_password": "wrong", "new_password": "an even better one, honestly" });
    let change = app.post("/api/v1/auth/change-password").bearer(&ada.access_token);
    let answer = change.json(body).send().await.expect(403);
    assert_eq!(left(&answer, "account").0, 2);
}

#[tokio::test]
async fn guesses_at_a_second_factor_count_down_after_the_first_and_when_proving_again() {
    let app = throttled()
        .with("throttle.second_factor_free_tries", "4")
        .start()
        .await;
    let ada = protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    for expected in [3, 2] {
        let answer = verify(&app, &token, "totp", &ada.app.wrong_code()).await;
        answer.expect_problem(403, "WRONG_CODE");
        assert_eq!(left(&answer, "second_factor").0, expected);
    }
    let stranger = verify(&app, "no such token", "totp", "123456").await;
    stranger.expect_problem(401, "INVALID_MFA_TOKEN");
    assert_eq!(stranger.header("ratelimit"), None, "nothing was counted");
    let again = json!({ "password": "wrong", "method": "totp", "code": ada.app.wrong_code() });
    let answer = ada.user.post("/api/v1/auth/reauthenticate").json(again).await;
    answer.expect_problem(403, "WRONG_PASSWORD");
    assert_eq!(left(&answer, "account").0, 2);
    assert_eq!(left(&answer, "second_factor").0, 2, "it was not looked at");
    let answer = verify(&app, &token, "totp", &ada.app.code()).await.expect(200);
    assert_eq!(left(&answer, "second_factor").0, 4);
}

#[tokio::test]
async fn questions_for_passkeys_and_refused_answers_count_down() {
    let app = throttled().start().await;
    let asked = app.post("/api/v1/auth/passkeys/login/options");
    assert_eq!(left(&asked.await.expect(200), "passkey").0, 29);
    let used = SoftAuthenticator::new().get(&login_options(&app).await);
    let refused = log_in(&app, used).await;
    refused.expect_problem(403, "PASSKEY_REFUSED");
    assert_eq!(left(&refused, "address").0, 29);
}

#[tokio::test]
async fn nothing_is_told_where_nothing_is_counted() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let answer = login(&app, "ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(answer.header("ratelimit"), None);
    assert_eq!(answer.header("ratelimit-policy"), None);
}

#[tokio::test]
async fn the_document_tells_of_the_fields_wherever_tries_are_counted() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").send().await.expect(200).json();
    let of = |path: &str| &document["paths"][format!("/api/v1/auth/{path}")]["post"]["responses"];
    let (login, register) = (of("login"), of("register"));
    let answers = [
        &login["200"],
        &login["401"],
        &register["201"],
        &of("mfa/verify")["200"],
        &of("reauthenticate")["204"],
        &of("passkeys/login")["403"],
        &of("passkeys/login/options")["200"],
        &document["components"]["responses"]["Problem429"],
    ];
    for answer in answers {
        for field in ["RateLimit", "RateLimit-Policy"] {
            assert_eq!(answer["headers"][field]["schema"]["type"], "string", "{answer}");
        }
    }
}
