//! `POST /auth/register`.

use futures::future::join_all;
use mainstay_testkit::{PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

use crate::support::race;

const REGISTER: &str = "/api/v1/auth/register";

async fn register(app: &TestApp, body: Value) -> TestResponse {
    app.post(REGISTER).json(body).send().await
}

fn ada() -> Value {
    json!({ "email": "ada@example.com", "password": PASSWORD })
}

#[tokio::test]
async fn registering_answers_201_with_the_account_its_place_and_its_version() {
    let app = TestApp::start().await;
    let body = json!({
        "email": "Ada@Example.com", "password": PASSWORD, "username": "Ada.L",
        "first_name": "Ada", "last_name": "Lovelace",
    });
    let answer = register(&app, body).await.expect(201);
    assert_eq!(answer.header("location"), Some("/api/v1/users/me"));
    assert!(answer.header("etag").is_some_and(|etag| etag.starts_with('"')));
    let user = answer.json();
    assert_eq!(user["email"], "Ada@Example.com");
    assert_eq!(user["username"], "Ada.L");
    assert_eq!(user["first_name"], "Ada");
    assert_eq!(user["last_name"], "Lovelace");
    assert_eq!(user["status"], "active");
    assert_eq!(user["roles"], json!(["user"]));
    assert_eq!(user["email_verified"], false);
    for absent in ["locale", "avatar_url", "last_login_at"] {
        assert!(user[absent].is_null(), "{absent} is not null: {user}");
    }
    assert!(user["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        user["id"].as_str().unwrap().as_bytes()[14],
        b'7',
        "ids are UUIDv7"
    );
    assert!(!answer.text().contains("password"), "{user}");
}

#[tokio::test]
async fn an_address_that_differs_only_in_case_is_taken() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let body = json!({ "email": "ADA@Example.COM", "password": PASSWORD });
    register(&app, body).await.expect_problem(409, "EMAIL_TAKEN");
}

#[tokio::test]
async fn a_user_name_that_differs_only_in_case_is_taken() {
    let app = TestApp::start().await;
    let named = |email: &str, name: &str| json!({ "email": email, "password": PASSWORD, "username": name });
    register(&app, named("ada@example.com", "ada")).await.expect(201);
    let answer = register(&app, named("eve@example.com", "ADA")).await;
    answer.expect_problem(409, "USERNAME_TAKEN");
}

#[tokio::test]
async fn choosing_ones_own_role_or_state_is_refused() {
    let app = TestApp::start().await;
    for field in ["role", "roles", "status", "email_verified", "id", "is_admin"] {
        let mut body = ada();
        body[field] = json!("admin");
        register(&app, body)
            .await
            .expect_invalid(&[(field, "UNKNOWN_FIELD")]);
    }
}

#[tokio::test]
async fn weak_passwords_are_refused_under_the_name_of_their_field() {
    let app = TestApp::start().await;
    let long = "x".repeat(129);
    for (password, code) in [
        ("short1!", "PASSWORD_TOO_SHORT"),
        (long.as_str(), "PASSWORD_TOO_LONG"),
        ("password123", "PASSWORD_TOO_COMMON"),
        ("ada@example.com", "PASSWORD_TOO_COMMON"),
    ] {
        let body = json!({ "email": "ada@example.com", "password": password });
        register(&app, body).await.expect_invalid(&[("password", code)]);
    }
}

#[tokio::test]
async fn an_operator_asks_for_longer_passwords_and_forbids_words() {
    let app = TestApp::with("auth.password_min_length", "15")
        .with("auth.forbidden_words", "Zyxomat,quuxcorp")
        .start()
        .await;
    for (password, code) in [
        ("x7Gq2vLm9RtZ4p", "PASSWORD_TOO_SHORT"),
        ("ZyxomatQuuxcorp", "PASSWORD_TOO_COMMON"),
    ] {
        let body = json!({ "email": "ada@example.com", "password": password });
        register(&app, body).await.expect_invalid(&[("password", code)]);
    }
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(register(&app, body).await.status(), 201);
}

#[tokio::test]
async fn what_is_no_mail_address_is_refused() {
    let app = TestApp::start().await;
    for email in [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a b@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
    ] {
        let body = json!({ "email": email, "password": PASSWORD });
        register(&app, body)
            .await
            .expect_invalid(&[("email", "INVALID_EMAIL")]);
    }
}

#[tokio::test]
async fn all_refused_fields_are_named_at_once() {
    let app = TestApp::start().await;
    let body = json!({ "email": "ada", "password": "short", "username": "a b", "first_name": "", "last_name": "\u{7}" });
    register(&app, body).await.expect_invalid(&[
        ("email", "INVALID_EMAIL"),
        ("password", "PASSWORD_TOO_SHORT"),
        ("username", "INVALID_USERNAME"),
        ("first_name", "INVALID_NAME"),
        ("last_name", "INVALID_NAME"),
    ]);
}

#[tokio::test]
async fn missing_fields_and_wrong_types_are_named() {
    let app = TestApp::start().await;
    let answer = register(&app, json!({ "email": "ada@example.com" })).await;
    answer.expect_invalid(&[("password", "REQUIRED")]);
    let answer = register(&app, json!({ "email": 7, "password": PASSWORD })).await;
    answer.expect_invalid(&[("email", "INVALID_TYPE")]);
    register(&app, json!([])).await.expect(422);
}

#[tokio::test]
async fn repeating_an_idempotency_key_answers_the_same_without_registering_twice() {
    let app = TestApp::start().await;
    let send = || {
        app.post(REGISTER)
            .header("idempotency-key", "abc-1")
            .json(ada())
            .send()
    };
    let first = send().await.expect(201);
    let second = send().await.expect(201);
    assert_eq!(first.bytes(), second.bytes());
    assert_eq!(first.header("etag"), second.header("etag"));
    assert_eq!(second.header("location"), Some("/api/v1/users/me"));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn an_idempotency_key_with_another_body_is_refused() {
    let app = TestApp::start().await;
    let send = |body| {
        app.post(REGISTER)
            .header("idempotency-key", "abc-1")
            .json(body)
            .send()
    };
    send(ada()).await.expect(201);
    let other = json!({ "email": "eve@example.com", "password": PASSWORD });
    send(other).await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    let body = json!({ "email": "eve@example.com", "password": PASSWORD });
    register(&app, body).await.expect(201);
}

#[tokio::test]
async fn an_idempotency_key_that_is_under_way_is_told_so() {
    // A hash that takes long enough for the second request to come in between.
    let app = TestApp::with("hashing.memory_kib", "65536").with("hashing.iterations", "12");
    let app = app.start().await;
    // One that comes when the other is done gets its answer, and they try anew.
    for n in 0..20 {
        let send = || {
            let body = json!({ "email": format!("user{n}@example.com"), "password": PASSWORD });
            let request = app.post(REGISTER).header("idempotency-key", format!("abc-{n}"));
            request.json(body).send()
        };
        let answers = join_all([send(), send()]).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status() == 201);
        let [refused] = refused[..] else {
            assert_eq!(made.len(), 2);
            continue;
        };
        refused.expect_problem(409, "IDEMPOTENCY_IN_PROGRESS");
        assert!(refused.header("retry-after").is_some());
        return;
    }
    panic!("the two never came at once");
}

#[tokio::test]
async fn idempotency_keys_of_the_wrong_form_are_refused() {
    let app = TestApp::start().await;
    let long = "k".repeat(256);
    for key in ["", "two words", long.as_str(), "sch\u{fc}ssel"] {
        let answer = app
            .post(REGISTER)
            .header("idempotency-key", key)
            .json(ada())
            .send()
            .await;
        answer.expect_problem(400, "INVALID_HEADER");
    }
}

#[tokio::test]
async fn a_refused_registration_is_replayed_as_refused() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let send = || {
        app.post(REGISTER)
            .header("idempotency-key", "abc-1")
            .json(ada())
            .send()
    };
    let first = send().await.expect(409).json();
    let second = send().await.expect(409).json();
    assert_eq!(first, second);
}

#[tokio::test]
async fn nobody_registers_where_registration_is_closed() {
    let app = TestApp::with("auth.registration", "closed").start().await;
    register(&app, ada())
        .await
        .expect_problem(403, "REGISTRATION_CLOSED");
}

#[tokio::test]
async fn many_registrations_from_one_address_are_slowed_down() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.register_free_tries", "2");
    let app = app.start().await;
    for n in 0..2 {
        app.register(&format!("user{n}@example.com")).await;
    }
    let answer = register(&app, ada()).await;
    answer.expect_problem(429, "TOO_MANY_REQUESTS");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
}

async fn of_many_registrations_of_one_address_one_wins(app: TestApp) {
    let answers = race(8, async |n| {
        let email = if n % 2 == 0 {
            "ada@example.com"
        } else {
            "ADA@example.com"
        };
        register(&app, json!({ "email": email, "password": PASSWORD })).await
    })
    .await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status() == 201);
    assert_eq!(made.len(), 1);
    for answer in refused {
        answer.expect_problem(409, "EMAIL_TAKEN");
    }
}
on_every_database!(of_many_registrations_of_one_address_one_wins);

async fn a_host_name_in_two_spellings_is_one_address_for_one_account(app: TestApp) {
    let body = |email: &str| json!({ "email": email, "password": PASSWORD });
    let made = register(&app, body("Vic@exämple.com")).await.expect(201);
    assert_eq!(made.json()["email"], "Vic@exämple.com", "as written");
    for twin in [
        "vic@xn--exmple-cua.com",
        "VIC@XN--EXMPLE-CUA.COM",
        "vic@EXÄMPLE.com",
    ] {
        let refused = register(&app, body(twin)).await;
        refused.expect_problem(409, "EMAIL_TAKEN");
        let login = app.post("/api/v1/auth/login").json(body(twin)).await;
        login.expect(200);
    }
    register(&app, body("vic@example.com")).await.expect(201);
    let invalid = register(&app, body("vic@xn--a.com")).await;
    invalid.expect_invalid(&[("email", "INVALID_EMAIL")]);
}
on_every_database!(a_host_name_in_two_spellings_is_one_address_for_one_account);
