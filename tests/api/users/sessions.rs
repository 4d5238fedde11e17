//! `GET` and `DELETE /users/{id}/sessions`.

use mainstay_testkit::TestApp;

#[tokio::test]
async fn an_administrator_sees_and_ends_a_users_sessions_at_once() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}/sessions", ada.id);
    app.get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    let list = app
        .get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["current"], false);
    app.delete(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(204);
    let me = app.get("/api/v1/users/me").bearer(&ada.access_token).send().await;
    me.expect_problem(401, "UNAUTHENTICATED");
    let list = app
        .get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(list["data"].as_array().unwrap().len(), 0);
    app.get("/api/v1/users/me")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn sessions_of_others_need_a_permission_and_somebody_who_exists() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}/sessions", admin.id);
    app.get(&path)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect_problem(403, "PERMISSION_DENIED");
    app.delete(&path)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect_problem(403, "PERMISSION_DENIED");
    let unknown = "/api/v1/users/0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e/sessions";
    app.get(unknown)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
    app.delete(unknown)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
}
