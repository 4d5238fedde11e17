//! `PATCH /users/{id}`.

use mainstay_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn an_administrator_changes_a_profile_and_the_owner_sees_it_at_once() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    app.get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    let patch = json!({ "email": "countess@example.com", "first_name": "Ada" });
    let user = app
        .patch(&path)
        .bearer(&admin.access_token)
        .json(patch)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(user["email"], "countess@example.com");
    assert_eq!(user["email_verified"], false);
    let me = app
        .get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(me, user);
    app.login("countess@example.com").await;
}

#[tokio::test]
async fn of_two_changes_based_on_one_version_the_second_is_refused() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    let read = app
        .get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let etag = read.header("etag").unwrap();
    let patch = |name: &str| {
        let request = app
            .patch(&path)
            .bearer(&admin.access_token)
            .header("if-match", etag);
        request.json(json!({ "first_name": name })).send()
    };
    patch("Ada").await.expect(200);
    patch("Eve").await.expect_problem(412, "PRECONDITION_FAILED");
}

#[tokio::test]
async fn taken_unknown_and_malformed_values_are_refused() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    let patch = |body| app.patch(&path).bearer(&admin.access_token).json(body).send();
    patch(json!({ "email": "ADMIN@example.com" }))
        .await
        .expect_problem(409, "EMAIL_TAKEN");
    patch(json!({ "email": "ada" }))
        .await
        .expect_invalid(&[("email", "INVALID_EMAIL")]);
    for field in ["roles", "status", "password"] {
        patch(json!({ field: "x" }))
            .await
            .expect_invalid(&[(field, "UNKNOWN_FIELD")]);
    }
}

#[tokio::test]
async fn changing_others_needs_the_permission_and_somebody_to_change() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", admin.id);
    let body = json!({ "first_name": "Eve" });
    app.patch(&path)
        .json(body.clone())
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    let denied = app
        .patch(&path)
        .bearer(&ada.access_token)
        .json(body.clone())
        .send()
        .await;
    denied.expect_problem(403, "PERMISSION_DENIED");
    let unknown = "/api/v1/users/0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e";
    let answer = app
        .patch(unknown)
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await;
    answer.expect_problem(404, "NOT_FOUND");
}
