//! `POST /auth/login`.

use mainstay_testkit::{PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

async fn login(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    app.post("/api/v1/auth/login").json(body).send().await
}

/// A problem without what differs between any two requests.
fn comparable(answer: &TestResponse) -> (u16, Value, Vec<String>) {
    let mut problem = answer.json();
    for member in ["request_id", "timestamp"] {
        problem[member] = Value::Null;
    }
    let varying = ["x-request-id", "x-correlation-id", "date"];
    let headers = answer
        .headers()
        .iter()
        .filter(|(name, _)| !varying.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| format!("{name}: {value:?}"));
    (answer.status(), problem, headers.collect())
}

#[tokio::test]
async fn logging_in_gives_two_tokens_that_no_cache_keeps() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let answer = login(&app, "ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 900);
    assert_eq!(tokens["refresh_expires_in"], 604_800);
    assert_eq!(tokens["access_token"].as_str().unwrap().split('.').count(), 3);
    assert!(
        !tokens["refresh_token"].as_str().unwrap().contains('.'),
        "refresh tokens are opaque"
    );
}

#[tokio::test]
async fn the_address_and_the_user_name_work_in_any_case() {
    let app = TestApp::start().await;
    let body = json!({ "email": "Ada@Example.com", "password": PASSWORD, "username": "Ada.L" });
    app.post("/api/v1/auth/register")
        .json(body)
        .send()
        .await
        .expect(201);
    for name in [
        "Ada@Example.com",
        "ada@example.com",
        "ADA@EXAMPLE.COM",
        "Ada.L",
        "ada.l",
        "ADA.L",
    ] {
        login(&app, name, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn the_time_of_the_last_login_is_kept() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let me = app.get("/api/v1/users/me").bearer(&ada.access_token).send().await;
    assert!(me.expect(200).json()["last_login_at"].is_string());
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let wrong = login(&app, "ada@example.com", "not the password").await;
    wrong.expect_problem(401, "INVALID_CREDENTIALS");
    for unknown in ["eve@example.com", "eve", "not an address at all"] {
        let answer = login(&app, unknown, "not the password").await;
        assert_eq!(comparable(&answer), comparable(&wrong));
    }
}

#[tokio::test]
async fn a_disabled_account_is_told_of_only_with_the_right_password() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}/disable", ada.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    login(&app, "ada@example.com", PASSWORD)
        .await
        .expect_problem(403, "ACCOUNT_DISABLED");
    let wrong = login(&app, "ada@example.com", "not the password").await;
    wrong.expect_problem(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn an_invited_user_without_a_password_cannot_log_in() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({ "email": "grace@example.com" });
    app.post("/api/v1/users")
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(201);
    login(&app, "grace@example.com", PASSWORD)
        .await
        .expect_problem(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn an_unverified_address_is_refused_where_verification_is_required() {
    let app = TestApp::with("auth.require_verified_email", "true").start().await;
    app.register("ada@example.com").await;
    login(&app, "ada@example.com", PASSWORD)
        .await
        .expect_problem(403, "EMAIL_NOT_VERIFIED");
    let wrong = login(&app, "ada@example.com", "not the password").await;
    wrong.expect_problem(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn guessing_is_slowed_down_alike_for_known_and_unknown_addresses() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.account_free_tries", "3");
    let app = app.start().await;
    app.register("ada@example.com").await;
    let mut seen = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let mut answers = Vec::new();
        for _ in 0..5 {
            let answer = login(&app, email, "not the password").await;
            answers.push((comparable(&answer).0, comparable(&answer).1));
            if answer.status() == 429 {
                answer.expect_problem(429, "TOO_MANY_REQUESTS");
                let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
                assert!((1..=900).contains(&wait), "{wait}");
            }
        }
        assert_eq!(answers[0].0, 401);
        assert_eq!(answers[4].0, 429);
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    // The right password does not help either while it lasts.
    login(&app, "ada@example.com", PASSWORD)
        .await
        .expect_problem(429, "TOO_MANY_REQUESTS");
}

#[tokio::test]
async fn guesses_at_many_accounts_from_one_address_are_slowed_down() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.address_free_tries", "3");
    let app = app.start().await;
    for n in 0..3 {
        let answer = login(&app, &format!("user{n}@example.com"), "not the password").await;
        answer.expect_problem(401, "INVALID_CREDENTIALS");
    }
    let answer = login(&app, "another@example.com", "not the password").await;
    answer.expect_problem(429, "TOO_MANY_REQUESTS");
}

#[tokio::test]
async fn guesses_from_many_addresses_of_one_network_are_slowed_down() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.address_free_tries", "2");
    let app = app
        .with("throttle.network_factor", "2")
        .with("throttle.base_delay", "25s")
        .with("server.trusted_proxies", "127.0.0.1")
        .start()
        .await;
    let guess = async |from: &str, email: &str| {
        let body = json!({ "email": email, "password": "not the password" });
        let request = app.post("/api/v1/auth/login").header("x-forwarded-for", from);
        request.json(body).send().await.status()
    };
    for (network, other) in [("203.0.113.", "198.51.100.1"), ("2001:db8:1:", "2001:db8:2::1")] {
        for n in 1..=4 {
            let from = if network.contains(':') {
                format!("{network}{n}::1")
            } else {
                format!("{network}{n}")
            };
            assert_eq!(guess(&from, &format!("user{n}@example.com")).await, 401, "{from}");
        }
        let next = if network.contains(':') {
            format!("{network}9::1")
        } else {
            format!("{network}9")
        };
        assert_eq!(guess(&next, "another@example.com").await, 429, "{next}");
        assert_eq!(guess(other, "another@example.com").await, 401, "{other}");
    }
}

#[tokio::test]
async fn a_login_without_its_fields_is_refused_as_invalid() {
    let app = TestApp::start().await;
    let login = |body| app.post("/api/v1/auth/login").json(body).send();
    login(json!({ "email": "ada@example.com" }))
        .await
        .expect_invalid(&[("password", "REQUIRED")]);
    login(json!({ "email": "", "password": "" }))
        .await
        .expect_invalid(&[("email", "INVALID_LENGTH"), ("password", "INVALID_LENGTH")]);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "remember": true });
    login(body).await.expect_invalid(&[("remember", "UNKNOWN_FIELD")]);
}

#[tokio::test]
async fn logins_beyond_what_can_be_hashed_are_turned_away_with_503() {
    let app = TestApp::with("hashing.threads", "1").with("hashing.queue", "1");
    let app = app
        .with("hashing.memory_kib", "32768")
        .with("hashing.iterations", "4")
        .start()
        .await;
    let logins = (0..12).map(|_| login(&app, "eve@example.com", "not the password"));
    let answers = futures::future::join_all(logins).await;
    let shed: Vec<_> = answers.iter().filter(|answer| answer.status() == 503).collect();
    assert!(!shed.is_empty(), "twelve logins at once fit into a queue of one");
    for answer in shed {
        assert!(answer.header("retry-after").is_some());
        assert!(["OVERLOADED", "UNAVAILABLE"].contains(&answer.json()["code"].as_str().unwrap()));
    }
    assert!(answers.iter().any(|answer| answer.status() == 401));
}
