//! `GET /roles`, `GET /roles/{name}` and `GET /permissions`.

use mainstay_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn the_built_in_roles_and_all_permissions_are_listed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let roles = app
        .get("/api/v1/roles")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200)
        .json();
    let names: Vec<_> = roles["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| &role["name"])
        .collect();
    assert_eq!(names, ["admin", "user"]);
    assert!(
        roles["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|role| role["built_in"] == true)
    );
    let list = app
        .get("/api/v1/permissions")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let expected = json!([
        "audit:read",
        "jobs:manage",
        "jobs:read",
        "roles:read",
        "roles:write",
        "storage:buckets",
        "storage:read_all",
        "storage:write_all",
        "system:manage",
        "users:read",
        "users:write"
    ]);
    assert_eq!(list.json()["data"], expected);
}

#[tokio::test]
async fn a_role_that_has_not_changed_is_answered_with_304() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let role = app
        .get("/api/v1/roles/user")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let etag = role.header("etag").unwrap();
    let again = app
        .get("/api/v1/roles/user")
        .bearer(&admin.access_token)
        .header("if-none-match", etag);
    again.send().await.expect(304);
    for unknown in ["nobody", "NOT-A-ROLE", "x"] {
        let answer = app
            .get(&format!("/api/v1/roles/{unknown}"))
            .bearer(&admin.access_token)
            .send()
            .await;
        answer.expect_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn roles_are_shown_only_to_those_who_may_read_them() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for path in ["/api/v1/roles", "/api/v1/roles/admin", "/api/v1/permissions"] {
        app.get(path).send().await.expect_problem(401, "UNAUTHENTICATED");
        app.get(path)
            .bearer(&ada.access_token)
            .send()
            .await
            .expect_problem(403, "PERMISSION_DENIED");
    }
}
