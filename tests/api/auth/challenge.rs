//! The proof of work after repeated failures (`throttle.challenge_after`).

use aws_lc_rs::digest::{SHA256, digest};
use mainstay_testkit::{PASSWORD, TestApp, TestAppBuilder, TestResponse};
use serde_json::{Value, json};

use crate::support::race;

const BITS: u64 = 10;

fn challenging() -> TestAppBuilder {
    TestApp::with("throttle.enabled", "true")
        .with("throttle.account_free_tries", "1000")
        .with("throttle.anywhere_free_tries", "1000")
        .with("throttle.address_free_tries", "1000")
        .with("throttle.challenge_after", "3")
        .with("throttle.challenge_bits", &BITS.to_string())
}

async fn login(app: &TestApp, email: &str, password: &str, solution: Option<&str>) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    let request = app.post("/api/v1/auth/login").json(body);
    match solution {
        Some(solution) => request.header("x-challenge-solution", solution).send().await,
        None => request.send().await,
    }
}

/// The challenge in a refusal.
fn challenge(answer: &TestResponse) -> Value {
    let problem = answer.expect_problem(403, "CHALLENGE_REQUIRED");
    let challenge = problem["challenge"].clone();
    assert_eq!(challenge["algorithm"], "sha256-leading-zero-bits");
    assert_eq!(challenge["difficulty"], BITS);
    challenge
}

/// Whether the hash of this text begins with so many zero bits.
fn proves(text: &str, bits: u64) -> bool {
    let hash = digest(&SHA256, text.as_bytes());
    let head = u32::from_be_bytes(hash.as_ref()[..4].try_into().unwrap());
    u64::from(head.leading_zeros()) >= bits
}

/// Does the work, as a client would.
fn solve(challenge: &Value) -> String {
    let token = challenge["token"].as_str().unwrap();
    let bits = challenge["difficulty"].as_u64().unwrap();
    let texts = (0_u64..).map(|number| format!("{token}.{number}"));
    texts.into_iter().find(|text| proves(text, bits)).unwrap()
}

/// A server where `ada@example.com` has just enough failures behind her.
async fn after_failures(builder: TestAppBuilder) -> TestApp {
    let app = builder.start().await;
    app.register("ada@example.com").await;
    fail_three_times(&app).await;
    app
}

async fn fail_three_times(app: &TestApp) {
    for _ in 0..3 {
        let answer = login(app, "ada@example.com", "not the password", None).await;
        answer.expect_problem(401, "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn after_failures_the_right_password_needs_a_proof_of_work() {
    let app = after_failures(challenging()).await;
    let refused = login(&app, "ada@example.com", PASSWORD, None).await;
    let solution = solve(&challenge(&refused));
    login(&app, "ada@example.com", PASSWORD, Some(&solution))
        .await
        .expect(200);
}

async fn a_solution_counts_once_even_in_parallel(app: TestApp) {
    app.register("ada@example.com").await;
    fail_three_times(&app).await;
    let refused = login(&app, "ada@example.com", PASSWORD, None).await;
    let solution = solve(&challenge(&refused));
    let attempt = async |_: usize| login(&app, "ada@example.com", "not the password", Some(&solution)).await;
    let answers = race(10, attempt).await;
    let judged = answers.iter().filter(|answer| answer.status() == 401).count();
    assert_eq!(judged, 1);
    assert!(answers.iter().all(|answer| [401, 403].contains(&answer.status())));
    challenge(&login(&app, "ada@example.com", PASSWORD, Some(&solution)).await);
}

on_every_database!(
    a_solution_counts_once_even_in_parallel,
    "throttle.enabled" = "true",
    "throttle.account_free_tries" = "1000",
    "throttle.anywhere_free_tries" = "1000",
    "throttle.address_free_tries" = "1000",
    "throttle.challenge_after" = "3",
    "throttle.challenge_bits" = "10"
);

#[tokio::test]
async fn known_and_unknown_accounts_are_challenged_alike() {
    let mut seen = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        // The address of one would be challenged for the failures of the other.
        let app = challenging().with("throttle.challenge_after", "2").start().await;
        app.register("ada@example.com").await;
        let mut answers = Vec::new();
        for _ in 0..4 {
            let answer = login(&app, email, "not the password", None).await;
            let mut problem = answer.json();
            for member in ["request_id", "timestamp", "challenge"] {
                problem[member] = Value::Null;
            }
            answers.push((answer.status(), problem, answer.bytes().len()));
        }
        assert_eq!((answers[1].0, answers[2].0), (401, 403));
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_challenge_is_good_for_one_login_name_only() {
    let app = after_failures(challenging()).await;
    let refused = login(&app, "eve@example.com", PASSWORD, None).await;
    let solution = solve(&challenge(&refused));
    challenge(&login(&app, "ada@example.com", PASSWORD, Some(&solution)).await);
    // Written differently it is the same name.
    let refused = login(&app, " ADA@example.com", PASSWORD, None).await;
    let solution = solve(&challenge(&refused));
    login(&app, "ada@example.com", PASSWORD, Some(&solution))
        .await
        .expect(200);
}

#[tokio::test]
async fn forged_weak_and_broken_solutions_are_worth_nothing() {
    let app = after_failures(challenging()).await;
    let refused = login(&app, "ada@example.com", PASSWORD, None).await;
    let asked = challenge(&refused);
    let token = asked["token"].as_str().unwrap();
    let weak = (0_u64..).map(|number| format!("{token}.{number}"));
    let weak = weak.into_iter().find(|text| !proves(text, 1)).unwrap();
    let mut changed = token.to_owned();
    let first = if changed.starts_with('A') { "B" } else { "A" };
    changed.replace_range(..1, first);
    let forged = solve(&json!({ "token": changed, "difficulty": BITS }));
    let long = format!("{token}.{}", "1".repeat(200));
    for solution in [weak.as_str(), &forged, &long, token, ".", "", "a.b", "\u{1f511}"] {
        challenge(&login(&app, "ada@example.com", PASSWORD, Some(solution)).await);
    }
}

#[tokio::test]
async fn a_challenge_expires() {
    let app = after_failures(challenging().with("throttle.challenge_ttl", "1s")).await;
    let refused = login(&app, "ada@example.com", PASSWORD, None).await;
    let solution = solve(&challenge(&refused));
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    challenge(&login(&app, "ada@example.com", PASSWORD, Some(&solution)).await);
}

#[tokio::test]
async fn failures_from_one_address_ask_for_work_whatever_the_account() {
    let app = challenging().start().await;
    app.register("ada@example.com").await;
    for n in 0..3 {
        let email = format!("user{n}@example.com");
        login(&app, &email, "not the password", None).await.expect(401);
    }
    let refused = login(&app, "ada@example.com", PASSWORD, None).await;
    let solution = solve(&challenge(&refused));
    login(&app, "ada@example.com", PASSWORD, Some(&solution))
        .await
        .expect(200);
}

#[tokio::test]
async fn nobody_is_challenged_unless_the_operator_wants_it() {
    let app = after_failures(challenging().with("throttle.challenge_after", "0")).await;
    login(&app, "ada@example.com", PASSWORD, None).await.expect(200);
}
