//! `POST /auth/accept-invitation` and `/users/{id}/invite`.

use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::json;

async fn invite(app: &TestApp, admin: &LoggedIn) -> String {
    let body = json!({ "email": "ada@example.com", "first_name": "Ada" });
    let request = app.post("/api/v1/users").bearer(&admin.access_token);
    let user = request.json(body).send().await.expect(201).json();
    assert_eq!(user["status"], "invited");
    user["id"].as_str().unwrap().to_owned()
}

async fn accept(app: &TestApp, token: &str, password: &str) -> TestResponse {
    let body = json!({ "token": token, "new_password": password });
    app.post("/api/v1/auth/accept-invitation").json(body).send().await
}

#[tokio::test]
async fn an_invited_person_takes_the_account_up_with_a_password_of_their_own() {
    let app = TestApp::with("auth.registration", "invite").start().await;
    let admin = app.admin().await;
    invite(&app, &admin).await;
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(mail.template(), "invitation");
    let weak = accept(&app, mail.token(), "password123").await;
    weak.expect_invalid(&[("new_password", "PASSWORD_TOO_COMMON")]);
    accept(&app, mail.token(), PASSWORD).await.expect(204);
    let ada = app.login("ada@example.com").await;
    let me = app
        .get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .json();
    assert_eq!(
        (&me["status"], &me["email_verified"]),
        (&json!("active"), &json!(true))
    );
    accept(&app, mail.token(), PASSWORD)
        .await
        .expect_problem(403, "LINK_INVALID");
}

#[tokio::test]
async fn another_invitation_makes_the_first_one_worthless() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = invite(&app, &admin).await;
    let first = app.mailbox().last_to("ada@example.com").await;
    let path = format!("/api/v1/users/{id}/invite");
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(202);
    let second = app.mailbox().last_to("ada@example.com").await;
    accept(&app, first.token(), PASSWORD)
        .await
        .expect_problem(403, "LINK_INVALID");
    accept(&app, second.token(), PASSWORD).await.expect(204);
    let again = app.post(&path).bearer(&admin.access_token).send().await;
    again.expect_problem(409, "NOT_INVITED");
}

#[tokio::test]
async fn where_people_are_invited_nobody_registers_by_themselves() {
    let app = TestApp::with("auth.registration", "invite").start().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answer = app.post("/api/v1/auth/register").json(body).send().await;
    answer.expect_problem(403, "REGISTRATION_CLOSED");
}

#[tokio::test]
async fn where_registration_is_closed_no_invitation_is_mailed() {
    let app = TestApp::with("auth.registration", "closed").start().await;
    let admin = app.admin().await;
    invite(&app, &admin).await;
    assert!(app.mailbox().all_to("ada@example.com").await.is_empty());
}
