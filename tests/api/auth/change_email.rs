//! `POST /auth/change-email` and `/auth/change-email/confirm`.

use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::json;

async fn change(app: &TestApp, user: &LoggedIn, new: &str, password: &str) -> TestResponse {
    let body = json!({ "new_email": new, "current_password": password });
    let request = app.post("/api/v1/auth/change-email").bearer(&user.access_token);
    request.json(body).send().await
}

async fn confirm(app: &TestApp, token: &str) -> TestResponse {
    let body = json!({ "token": token });
    app.post("/api/v1/auth/change-email/confirm")
        .json(body)
        .send()
        .await
}

async fn email_of(app: &TestApp, user: &LoggedIn) -> String {
    let me = app
        .get("/api/v1/users/me")
        .bearer(&user.access_token)
        .send()
        .await;
    me.expect(200).json()["email"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_account_moves_when_the_new_address_confirms_and_the_old_one_is_told() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    change(&app, &ada, "lovelace@example.org", PASSWORD)
        .await
        .expect(202);
    assert_eq!(email_of(&app, &ada).await, "ada@example.com");
    let mail = app.mailbox().last_to("lovelace@example.org").await;
    assert_eq!(mail.template(), "email_change_confirm");
    confirm(&app, mail.token()).await.expect(204);
    assert_eq!(email_of(&app, &ada).await, "lovelace@example.org");
    let notice = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(notice.template(), "email_changed_notice");
    assert_eq!(notice.value("new_email"), "lovelace@example.org");
    confirm(&app, mail.token())
        .await
        .expect_problem(403, "LINK_INVALID");
    app.login("lovelace@example.org").await;
}

#[tokio::test]
async fn moving_needs_the_password_and_a_valid_address() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let wrong = change(&app, &ada, "lovelace@example.org", "not the password").await;
    wrong.expect_problem(403, "WRONG_PASSWORD");
    change(&app, &ada, "no address", PASSWORD).await.expect(422);
    let stranger = json!({ "new_email": "a@example.org", "current_password": PASSWORD });
    let answer = app.post("/api/v1/auth/change-email").json(stranger).send().await;
    answer.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_address_that_belongs_to_somebody_is_answered_alike_and_its_owner_told() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    app.register("bob@example.com").await;
    let taken = change(&app, &ada, "bob@example.com", PASSWORD).await.expect(202);
    assert_eq!(taken.text(), "");
    let mail = app.mailbox().last_to("bob@example.com").await;
    assert_eq!(mail.template(), "already_registered");
}

#[tokio::test]
async fn an_address_taken_before_the_link_is_used_stays_with_its_owner() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    change(&app, &ada, "new@example.org", PASSWORD).await.expect(202);
    let mail = app.mailbox().last_to("new@example.org").await;
    app.register("new@example.org").await;
    confirm(&app, mail.token())
        .await
        .expect_problem(409, "EMAIL_TAKEN");
    assert_eq!(email_of(&app, &ada).await, "ada@example.com");
}

#[tokio::test]
async fn a_link_to_reset_the_password_dies_with_the_address_it_was_sent_to() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    app.post("/api/v1/auth/forgot-password")
        .json(body)
        .send()
        .await
        .expect(202);
    let reset = app.mailbox().last_to("ada@example.com").await;
    change(&app, &ada, "new@example.org", PASSWORD).await.expect(202);
    let mail = app.mailbox().last_to("new@example.org").await;
    confirm(&app, mail.token()).await.expect(204);
    let body = json!({ "token": reset.token(), "new_password": "an even better one, honestly" });
    let answer = app.post("/api/v1/auth/reset-password").json(body).send().await;
    answer.expect_problem(403, "LINK_INVALID");
}

/// A move to an address of a thief who knows the password.
async fn begun_by_a_thief(app: &TestApp) -> (LoggedIn, String) {
    let ada = app.user("ada@example.com").await;
    change(app, &ada, "thief@example.org", PASSWORD).await.expect(202);
    let mail = app.mailbox().last_to("thief@example.org").await;
    (ada, mail.token().to_owned())
}

#[tokio::test]
async fn a_move_that_a_thief_began_dies_with_the_password_when_it_is_changed() {
    let app = TestApp::start().await;
    let (ada, token) = begun_by_a_thief(&app).await;
    let body = json!({ "current_password": PASSWORD, "new_password": "an even better one, honestly" });
    let request = ada.post("/api/v1/auth/change-password").json(body);
    request.send().await.expect(204);
    confirm(&app, &token).await.expect_problem(403, "LINK_INVALID");
}

#[tokio::test]
async fn a_move_that_a_thief_began_dies_with_the_password_when_it_is_reset() {
    let app = TestApp::start().await;
    let (_, token) = begun_by_a_thief(&app).await;
    let forgot = app.post("/api/v1/auth/forgot-password");
    let body = json!({ "email": "ada@example.com" });
    forgot.json(body).send().await.expect(202);
    let mail = app.mailbox().last_to("ada@example.com").await;
    let body = json!({ "token": mail.token(), "new_password": "an even better one, honestly" });
    let reset = app.post("/api/v1/auth/reset-password").json(body);
    reset.send().await.expect(204);
    confirm(&app, &token).await.expect_problem(403, "LINK_INVALID");
}
