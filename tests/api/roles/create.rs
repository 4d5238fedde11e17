//! `POST /roles`.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::{Value, json};

async fn create(app: &TestApp, actor: &LoggedIn, body: Value) -> TestResponse {
    app.post("/api/v1/roles")
        .bearer(&actor.access_token)
        .json(body)
        .send()
        .await
}

#[tokio::test]
async fn a_created_role_has_a_place_and_a_version() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({ "name": "support", "description": "Helps", "permissions": ["users:read"] });
    let made = create(&app, &admin, body).await.expect(201);
    assert_eq!(made.header("location"), Some("/api/v1/roles/support"));
    let role = made.json();
    assert_eq!(role["permissions"], json!(["users:read"]));
    assert_eq!(role["built_in"], false);
    let read = app
        .get("/api/v1/roles/support")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    assert_eq!(read.json(), role);
    assert_eq!(read.header("etag"), made.header("etag"));
}

#[tokio::test]
async fn names_are_unique_and_built_in_ones_are_taken() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    create(&app, &admin, json!({ "name": "support", "permissions": [] }))
        .await
        .expect(201);
    for name in ["support", "admin", "user"] {
        let answer = create(&app, &admin, json!({ "name": name, "permissions": [] })).await;
        answer.expect_problem(409, "ROLE_TAKEN");
    }
}

#[tokio::test]
async fn refused_fields_of_a_role_are_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({ "name": "Not A Role", "description": "\u{0}", "permissions": ["NOT ONE"] });
    create(&app, &admin, body).await.expect_invalid(&[
        ("name", "INVALID_ROLE_NAME"),
        ("description", "INVALID_DESCRIPTION"),
        ("permissions", "INVALID_PERMISSION"),
    ]);
    let body = json!({ "name": "support", "permissions": ["ships:sink"] });
    create(&app, &admin, body)
        .await
        .expect_invalid(&[("permissions", "UNKNOWN_PERMISSION")]);
    let body = json!({ "name": "support", "permissions": [], "built_in": true });
    create(&app, &admin, body)
        .await
        .expect_invalid(&[("built_in", "UNKNOWN_FIELD")]);
}

#[tokio::test]
async fn nobody_makes_a_role_stronger_than_themselves() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    create(
        &app,
        &admin,
        json!({ "name": "maker", "permissions": ["roles:write"] }),
    )
    .await
    .expect(201);
    let path = format!("/api/v1/users/{}/roles", ada.id);
    let body = json!({ "roles": ["maker"] });
    app.put(&path)
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(200);
    let strong = create(
        &app,
        &ada,
        json!({ "name": "strong", "permissions": ["users:write"] }),
    )
    .await;
    strong.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    create(
        &app,
        &ada,
        json!({ "name": "weak", "permissions": ["roles:write"] }),
    )
    .await
    .expect(201);
}

#[tokio::test]
async fn making_roles_needs_a_permission() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "name": "mine", "permissions": [] });
    app.post("/api/v1/roles")
        .json(body.clone())
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    create(&app, &ada, body)
        .await
        .expect_problem(403, "PERMISSION_DENIED");
}
