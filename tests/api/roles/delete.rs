//! `DELETE /roles/{name}`.

use mainstay_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn a_deleted_role_is_taken_from_its_holders_at_once() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let body = json!({ "name": "support", "permissions": ["users:read"] });
    app.post("/api/v1/roles")
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(201);
    let path = format!("/api/v1/users/{}/roles", ada.id);
    let body = json!({ "roles": ["support"] });
    app.put(&path)
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(200);
    app.get("/api/v1/users")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    let delete = || {
        app.delete("/api/v1/roles/support")
            .bearer(&admin.access_token)
            .send()
    };
    delete().await.expect(204);
    let list = app.get("/api/v1/users").bearer(&ada.access_token).send().await;
    list.expect_problem(403, "PERMISSION_DENIED");
    let me = app
        .get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    assert_eq!(me.json()["roles"], json!(["user"]));
    delete().await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn built_in_roles_outdated_versions_and_plain_callers_are_refused() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    for name in ["admin", "user"] {
        let path = format!("/api/v1/roles/{name}");
        let answer = app.delete(&path).bearer(&admin.access_token).send().await;
        answer.expect_problem(409, "ROLE_BUILT_IN");
        app.delete(&path)
            .bearer(&ada.access_token)
            .send()
            .await
            .expect_problem(403, "PERMISSION_DENIED");
        app.delete(&path)
            .send()
            .await
            .expect_problem(401, "UNAUTHENTICATED");
    }
    let body = json!({ "name": "support", "permissions": [] });
    app.post("/api/v1/roles")
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(201);
    let old = app
        .delete("/api/v1/roles/support")
        .bearer(&admin.access_token)
        .header("if-match", "\"old\"");
    old.send().await.expect_problem(412, "PRECONDITION_FAILED");
}
