//! `DELETE /users/{id}`.

use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::json;

#[tokio::test]
async fn a_deleted_user_is_out_at_once_and_gone_for_a_second_delete() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    app.get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    app.delete(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(204);
    let me = app.get("/api/v1/users/me").bearer(&ada.access_token).send().await;
    me.expect_problem(401, "UNAUTHENTICATED");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let login = app.post("/api/v1/auth/login").json(body).send().await;
    assert!([401, 403].contains(&login.status()));
    let again = app.delete(&path).bearer(&admin.access_token).send().await;
    again.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn the_last_administrator_cannot_be_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = format!("/api/v1/users/{}", admin.id);
    let answer = app.delete(&path).bearer(&admin.access_token).send().await;
    answer.expect_problem(409, "LAST_ADMINISTRATOR");
}

#[tokio::test]
async fn deleting_needs_the_permission_the_version_and_somebody_to_delete() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    app.delete(&path)
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    let denied = app.delete(&path).bearer(&ada.access_token).send().await;
    denied.expect_problem(403, "PERMISSION_DENIED");
    let old = app
        .delete(&path)
        .bearer(&admin.access_token)
        .header("if-match", "\"old\"")
        .send()
        .await;
    old.expect_problem(412, "PRECONDITION_FAILED");
    let unknown = "/api/v1/users/0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e";
    let answer = app.delete(unknown).bearer(&admin.access_token).send().await;
    answer.expect_problem(404, "NOT_FOUND");
    app.get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
}
