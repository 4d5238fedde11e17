//! `POST /auth/code`, `/auth/code/verify` and `/auth/sign-in-link`.

use mainstay_testkit::{TestApp, TestDatabase, TestMail, TestResponse};
use serde_json::json;

async fn ask(app: &TestApp, email: &str) -> TestResponse {
    let body = json!({ "email": email });
    app.post("/api/v1/auth/code").json(body).send().await
}

async fn enter(app: &TestApp, email: &str, (handle, code): (&str, &str)) -> TestResponse {
    let body = json!({ "email": email, "handle": handle, "code": code });
    app.post("/api/v1/auth/code/verify").json(body).send().await
}

async fn follow(app: &TestApp, token: &str) -> TestResponse {
    let body = json!({ "token": token });
    app.post("/api/v1/auth/sign-in-link").json(body).send().await
}

/// What whoever asks has: the handle, and, if they read mail there, the mail.
struct Asked {
    handle: String,
    mail: TestMail,
}

impl Asked {
    fn right(&self) -> (&str, &str) {
        (&self.handle, self.mail.code())
    }

    fn wrong(&self) -> (&str, &str) {
        (&self.handle, other_than(self.mail.code()))
    }
}

async fn asked_for(app: &TestApp, email: &str) -> Asked {
    let answer = ask(app, email).await.expect(202).json();
    let mail = app.mailbox().last_to(email).await;
    assert_eq!(mail.template(), "sign_in_link");
    let handle = answer["handle"].as_str().unwrap().to_owned();
    Asked { handle, mail }
}

async fn asked(app: &TestApp) -> Asked {
    asked_for(app, "ada@example.com").await
}

/// A code that is not this one.
fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn the_code_opens_a_session_once_and_verifies_the_address() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let asked = asked(&app).await;
    let code = asked.mail.code();
    assert!(code.len() == 6 && code.bytes().all(|octet| octet.is_ascii_digit()));
    let tokens = enter(&app, "Ada@Example.com", asked.right())
        .await
        .expect(200)
        .json();
    let me = app.get("/api/v1/users/me");
    let me = me.bearer(tokens["access_token"].as_str().unwrap()).send().await;
    assert_eq!(me.expect(200).json()["email_verified"], true);
    let again = enter(&app, "ada@example.com", asked.right()).await;
    again.expect_problem(401, "CODE_INVALID");
    follow(&app, asked.mail.token())
        .await
        .expect_problem(403, "LINK_INVALID");
}

#[tokio::test]
async fn the_link_opens_a_session_once_and_uses_the_code_up() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let asked = asked(&app).await;
    let answer = follow(&app, asked.mail.token()).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    follow(&app, asked.mail.token())
        .await
        .expect_problem(403, "LINK_INVALID");
    let entered = enter(&app, "ada@example.com", asked.right()).await;
    entered.expect_problem(401, "CODE_INVALID");
}

#[tokio::test]
async fn five_wrong_guesses_use_a_code_up() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let asked = asked(&app).await;
    for _ in 0..5 {
        let wrong = enter(&app, "ada@example.com", asked.wrong()).await;
        wrong.expect_problem(401, "CODE_INVALID");
    }
    let right = enter(&app, "ada@example.com", asked.right()).await;
    right.expect_problem(401, "CODE_INVALID");
}

#[tokio::test]
async fn a_code_is_good_for_its_own_address_only() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    app.register("bob@example.com").await;
    let asked = asked(&app).await;
    for email in ["bob@example.com", "nobody@example.com"] {
        enter(&app, email, asked.right())
            .await
            .expect_problem(401, "CODE_INVALID");
    }
    enter(&app, "ada@example.com", asked.right()).await.expect(200);
}

#[tokio::test]
async fn a_code_opens_nothing_without_the_handle_of_its_own_request() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let elsewhere = asked(&app).await.handle;
    let asked = asked(&app).await;
    let code = asked.mail.code();
    // More often than a code takes guesses: whoever lacks the handle cannot use them up.
    for handle in [&*elsewhere, "a handle of nobody"].repeat(4) {
        let entered = enter(&app, "ada@example.com", (handle, code)).await;
        entered.expect_problem(401, "CODE_INVALID");
    }
    let without = json!({ "email": "ada@example.com", "code": code });
    let answer = app.post("/api/v1/auth/code/verify").json(without).send().await;
    answer.expect_problem(422, "VALIDATION_FAILED");
    enter(&app, "ada@example.com", asked.right()).await.expect(200);
}

#[tokio::test]
async fn asking_for_a_code_is_answered_alike_whoever_the_address_belongs_to() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let before = app.mailbox().all().await.len();
    let mut handles = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let answer = ask(&app, email).await.expect(202);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let answer = answer.json();
        let handle = answer["handle"].as_str().unwrap().to_owned();
        assert_eq!(answer, json!({ "handle": handle, "expires_in": 600 }));
        handles.push(handle);
    }
    assert_eq!(handles[0].len(), handles[1].len());
    assert_ne!(handles[0], handles[1]);
    assert_eq!(app.mailbox().all().await.len(), before + 1);
}

#[tokio::test]
async fn signing_in_by_mail_can_be_switched_off() {
    let app = TestApp::with("auth.mail_sign_in", "false").start().await;
    for answer in [
        ask(&app, "ada@example.com").await,
        enter(&app, "ada@example.com", ("handle", "123456")).await,
        follow(&app, "token").await,
    ] {
        answer.expect_problem(403, "MAIL_SIGN_IN_OFF");
    }
}

#[tokio::test]
async fn a_disabled_account_is_not_entered_by_a_code_that_was_sent_before() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let asked = asked(&app).await;
    let path = format!("/api/v1/users/{}/disable", ada.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let entered = enter(&app, "ada@example.com", asked.right()).await;
    entered.expect_problem(403, "ACCOUNT_DISABLED");
    let followed = follow(&app, asked.mail.token()).await;
    followed.expect_problem(403, "ACCOUNT_DISABLED");
}

/// Parallel guesses are counted before any of them is judged; a right code in parallel opens one
/// session.
async fn races(database: TestDatabase) {
    let Some(app) = TestApp::on(database).start_or_skip().await else {
        return;
    };
    app.register("ada@example.com").await;
    let asked = asked(&app).await;
    // One fewer than guesses are allowed, for one that is not served may have counted as one.
    let attempt = async |_: usize| enter(&app, "ada@example.com", asked.right()).await;
    let entered = crate::support::race(4, attempt).await;
    let opened = entered.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn a_code_entered_in_parallel_opens_one_session_on_sqlite() {
    races(TestDatabase::Sqlite).await;
}

#[tokio::test]
async fn a_code_entered_in_parallel_opens_one_session_on_postgres() {
    races(TestDatabase::Postgres).await;
}

#[tokio::test]
async fn a_code_entered_in_parallel_opens_one_session_on_mysql() {
    races(TestDatabase::MySql).await;
}
