//! `POST /auth/verify-email` and `/auth/verify-email/resend`.

use mainstay_testkit::{PASSWORD, TestApp, TestResponse};
use serde_json::json;

const REGISTER: &str = "/api/v1/auth/register";

async fn verify(app: &TestApp, token: &str) -> TestResponse {
    let body = json!({ "token": token });
    app.post("/api/v1/auth/verify-email").json(body).send().await
}

async fn resend(app: &TestApp, email: &str) -> TestResponse {
    let body = json!({ "email": email });
    app.post("/api/v1/auth/verify-email/resend")
        .json(body)
        .send()
        .await
}

async fn verified_only() -> TestApp {
    TestApp::with("auth.registration", "verified").start().await
}

fn ada() -> serde_json::Value {
    json!({ "email": "ada@example.com", "password": PASSWORD, "username": "ada", "first_name": "Ada" })
}

#[tokio::test]
async fn the_mailed_link_verifies_the_address_once() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(mail.template(), "verify_email");
    assert!(mail.link().contains("/verify-email#token="), "{}", mail.link());
    verify(&app, mail.token()).await.expect(204);
    let me = app.get("/api/v1/users/me").bearer(&ada.access_token).send().await;
    assert_eq!(me.expect(200).json()["email_verified"], true);
    verify(&app, mail.token())
        .await
        .expect_problem(403, "LINK_INVALID");
}

#[tokio::test]
async fn links_of_nobody_and_of_other_purposes_are_refused() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    app.post("/api/v1/auth/forgot-password")
        .json(body)
        .send()
        .await
        .expect(202);
    let reset = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(reset.template(), "reset_password");
    for token in [reset.token(), "nothing", &"x".repeat(43)] {
        verify(&app, token).await.expect_problem(403, "LINK_INVALID");
    }
    verify(&app, "").await.expect(422);
}

#[tokio::test]
async fn another_link_makes_the_first_one_worthless() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let first = app.mailbox().last_to("ada@example.com").await;
    resend(&app, "ADA@example.com").await.expect(202);
    let second = app.mailbox().last_to("ada@example.com").await;
    assert_ne!(first.token(), second.token());
    verify(&app, first.token())
        .await
        .expect_problem(403, "LINK_INVALID");
    verify(&app, second.token()).await.expect(204);
}

#[tokio::test]
async fn asking_again_is_answered_alike_whoever_the_address_belongs_to() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let token = app.mailbox().last_to("ada@example.com").await.token().to_owned();
    verify(&app, &token).await.expect(204);
    app.register("bob@example.com").await;
    let before = app.mailbox().all().await.len();
    let mut answers = Vec::new();
    for email in ["ada@example.com", "bob@example.com", "nobody@example.com"] {
        let answer = resend(&app, email).await.expect(202);
        answers.push(answer.text());
    }
    assert_eq!(answers, ["", "", ""]);
    // Only Bob has something to verify.
    assert_eq!(app.mailbox().all().await.len(), before + 1);
    resend(&app, "no address").await.expect(422);
}

#[tokio::test]
async fn a_link_to_an_address_the_account_has_left_verifies_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let old = app.mailbox().last_to("ada@example.com").await;
    let path = format!("/api/v1/users/{}", ada.id);
    let change = app.patch(&path).bearer(&admin.access_token);
    change
        .json(json!({ "email": "lovelace@example.com" }))
        .send()
        .await
        .expect(200);
    verify(&app, old.token())
        .await
        .expect_problem(403, "LINK_INVALID");
    let new = app.mailbox().last_to("lovelace@example.com").await;
    verify(&app, new.token()).await.expect(204);
    let notice = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(notice.template(), "email_changed_notice");
}

#[tokio::test]
async fn unverified_accounts_log_in_only_after_the_link_where_that_is_asked_for() {
    let app = TestApp::with("auth.require_verified_email", "true").start().await;
    app.register("ada@example.com").await;
    let login = || {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        app.post("/api/v1/auth/login").json(body).send()
    };
    login().await.expect_problem(403, "EMAIL_NOT_VERIFIED");
    let mail = app.mailbox().last_to("ada@example.com").await;
    verify(&app, mail.token()).await.expect(204);
    login().await.expect(200);
}

#[tokio::test]
async fn where_addresses_come_first_the_account_begins_with_the_link() {
    let app = verified_only().await;
    let answer = app.post(REGISTER).json(ada()).send().await.expect(202);
    assert_eq!(answer.text(), "");
    let login = || {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        app.post("/api/v1/auth/login").json(body).send()
    };
    login().await.expect_problem(401, "INVALID_CREDENTIALS");
    let mail = app.mailbox().last_to("ada@example.com").await;
    verify(&app, mail.token()).await.expect(204);
    let tokens = login().await.expect(200).json();
    let me = app.get("/api/v1/users/me");
    let me = me
        .bearer(tokens["access_token"].as_str().unwrap())
        .send()
        .await
        .json();
    assert_eq!(me["email_verified"], true);
    assert_eq!(me["username"], "ada");
    assert_eq!(me["first_name"], "Ada");
}

#[tokio::test]
async fn where_addresses_come_first_a_taken_address_is_answered_alike_and_its_owner_told() {
    let app = verified_only().await;
    let first = app.post(REGISTER).json(ada()).send().await.expect(202);
    let mail = app.mailbox().last_to("ada@example.com").await;
    verify(&app, mail.token()).await.expect(204);
    let again = app.post(REGISTER).json(ada()).send().await.expect(202);
    assert_eq!(first.text(), again.text());
    let notice = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(notice.template(), "already_registered");
}

#[tokio::test]
async fn of_two_registrations_of_one_address_the_first_confirmed_one_wins() {
    let app = verified_only().await;
    app.post(REGISTER).json(ada()).send().await.expect(202);
    let first = app.mailbox().last_to("ada@example.com").await;
    let other = json!({ "email": "Ada@Example.com", "password": "another good passphrase" });
    app.post(REGISTER).json(other).send().await.expect(202);
    let second = app.mailbox().last_to("ada@example.com").await;
    verify(&app, second.token()).await.expect(204);
    verify(&app, first.token())
        .await
        .expect_problem(409, "EMAIL_TAKEN");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let login = app.post("/api/v1/auth/login").json(body).send().await;
    login.expect_problem(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_user_name_that_was_taken_meanwhile_is_left_out() {
    let app = verified_only().await;
    for email in ["ada@example.com", "bob@example.com"] {
        let body = json!({ "email": email, "password": PASSWORD, "username": "countess" });
        app.post(REGISTER).json(body).send().await.expect(202);
        let mail = app.mailbox().last_to(email).await;
        verify(&app, mail.token()).await.expect(204);
    }
    let bob = app.login("bob@example.com").await;
    let me = app.get("/api/v1/users/me").bearer(&bob.access_token).send().await;
    assert!(me.json()["username"].is_null());
}

#[tokio::test]
async fn asking_for_mails_to_one_address_is_slowed_down() {
    let app = TestApp::with("throttle.enabled", "true").start().await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(resend(&app, "nobody@example.com").await.status());
    }
    assert_eq!(statuses[..3], [202, 202, 202]);
    assert_eq!(statuses[4], 429, "{statuses:?}");
}

#[tokio::test]
async fn the_pages_behind_links_use_nothing_up() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let mail = app.mailbox().last_to("ada@example.com").await;
    for page in [
        "verify-email",
        "reset-password",
        "change-email",
        "sign-in",
        "accept-invitation",
    ] {
        let answer = app
            .get(&format!("/{page}?token={}", mail.token()))
            .send()
            .await
            .expect(200);
        assert!(
            answer
                .header("content-type")
                .is_some_and(|kind| kind.starts_with("text/html"))
        );
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    verify(&app, mail.token()).await.expect(204);
}

#[tokio::test]
async fn a_front_end_takes_the_place_of_the_pages() {
    let app = TestApp::with("auth.front_end_url", "https://app.example.com/")
        .start()
        .await;
    let answer = app.get("/reset-password").send().await.expect(302);
    assert_eq!(
        answer.header("location"),
        Some("https://app.example.com/reset-password")
    );
}

#[tokio::test]
async fn links_lead_to_the_public_address_whatever_host_the_request_names() {
    let app = TestApp::with("server.public_url", "https://accounts.example.com")
        .start()
        .await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let request = app.post(REGISTER).header("Host", "evil.example.net");
    let request = request.header("X-Forwarded-Host", "evil.example.net");
    request.json(body).send().await.expect(201);
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert!(
        mail.link()
            .starts_with("https://accounts.example.com/verify-email#token=")
    );
}

#[tokio::test]
async fn a_running_server_writes_and_sends_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with("mail.transport", "file")
        .with("mail.dir", folder.path().to_str().unwrap())
        .with("jobs.in_process", "true")
        .with("jobs.retry_delay", "20ms");
    let app = app.start().await;
    app.register("ada@example.com").await;
    resend(&app, "ada@example.com").await.expect(202);
    let sent = || std::fs::read_dir(folder.path()).map_or(0, Iterator::count);
    for _ in 0..600 {
        if sent() == 2 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{} of 2 mails were sent within half a minute", sent());
}
