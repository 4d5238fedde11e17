//! `PUT /users/{id}/roles`.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::{Value, json};

async fn set_roles(app: &TestApp, actor: &LoggedIn, id: &str, roles: Value) -> TestResponse {
    let request = app
        .put(&format!("/api/v1/users/{id}/roles"))
        .bearer(&actor.access_token);
    request.json(json!({ "roles": roles })).send().await
}

async fn role(app: &TestApp, admin: &LoggedIn, name: &str, permissions: Value) {
    let body = json!({ "name": name, "permissions": permissions });
    app.post("/api/v1/roles")
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(201);
}

#[tokio::test]
async fn granted_and_taken_roles_take_effect_with_the_next_request() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let list = || app.get("/api/v1/users").bearer(&ada.access_token).send();
    list().await.expect_problem(403, "PERMISSION_DENIED");
    let user = set_roles(&app, &admin, &ada.id, json!(["admin"]))
        .await
        .expect(200)
        .json();
    assert_eq!(user["roles"], json!(["admin", "user"]));
    list().await.expect(200);
    let user = set_roles(&app, &admin, &ada.id, json!([]))
        .await
        .expect(200)
        .json();
    assert_eq!(user["roles"], json!(["user"]));
    list().await.expect_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn nobody_grants_more_than_they_hold_themselves() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let eve = app.user("eve@example.com").await;
    role(
        &app,
        &admin,
        "granter",
        json!(["roles:read", "roles:write", "users:read", "users:write"]),
    )
    .await;
    set_roles(&app, &admin, &ada.id, json!(["granter"]))
        .await
        .expect(200);
    for target in [&ada.id, &eve.id] {
        let answer = set_roles(&app, &ada, target, json!(["admin"])).await;
        answer.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    }
    let create = json!({ "email": "grace@example.com", "roles": ["admin"] });
    let answer = app
        .post("/api/v1/users")
        .bearer(&ada.access_token)
        .json(create)
        .send()
        .await;
    answer.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    set_roles(&app, &ada, &eve.id, json!(["granter"]))
        .await
        .expect(200);
}

#[tokio::test]
async fn nobody_changes_disables_or_deletes_those_who_hold_more() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    role(
        &app,
        &admin,
        "granter",
        json!(["roles:write", "users:read", "users:write"]),
    )
    .await;
    set_roles(&app, &admin, &ada.id, json!(["granter"]))
        .await
        .expect(200);
    let path = format!("/api/v1/users/{}", admin.id);
    let with = |request: mainstay_testkit::TestRequest| request.bearer(&ada.access_token);
    for answer in [
        set_roles(&app, &ada, &admin.id, json!([])).await,
        with(app.patch(&path))
            .json(json!({ "email": "mine@example.com" }))
            .send()
            .await,
        with(app.delete(&path)).send().await,
        with(app.post(&format!("{path}/disable"))).send().await,
        with(app.delete(&format!("{path}/sessions"))).send().await,
    ] {
        answer.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    }
    app.get("/api/v1/users/me")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn granting_roles_needs_more_than_writing_users() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    role(&app, &admin, "clerk", json!(["users:read", "users:write"])).await;
    set_roles(&app, &admin, &ada.id, json!(["clerk"]))
        .await
        .expect(200);
    let answer = set_roles(&app, &ada, &ada.id, json!(["clerk"])).await;
    answer.expect_problem(403, "PERMISSION_DENIED");
    let create = json!({ "email": "grace@example.com", "roles": ["clerk"] });
    let answer = app
        .post("/api/v1/users")
        .bearer(&ada.access_token)
        .json(create)
        .send()
        .await;
    answer.expect_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn the_last_administrator_keeps_the_role() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = set_roles(&app, &admin, &admin.id, json!(["user"])).await;
    answer.expect_problem(409, "LAST_ADMINISTRATOR");
}

#[tokio::test]
async fn unknown_roles_users_versions_and_fields_are_refused() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let answer = set_roles(&app, &admin, &ada.id, json!(["no-such-role"])).await;
    answer.expect_invalid(&[("roles", "UNKNOWN_ROLE")]);
    let answer = set_roles(&app, &admin, &ada.id, json!(["Not A Role"])).await;
    answer.expect_invalid(&[("roles", "INVALID_ROLE_NAME")]);
    set_roles(&app, &admin, &ada.id, json!("admin"))
        .await
        .expect_invalid(&[("roles", "INVALID_TYPE")]);
    let unknown = "0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e";
    set_roles(&app, &admin, unknown, json!([]))
        .await
        .expect_problem(404, "NOT_FOUND");
    let request = app
        .put(&format!("/api/v1/users/{}/roles", ada.id))
        .bearer(&admin.access_token);
    let old = request
        .header("if-match", "\"old\"")
        .json(json!({ "roles": [] }))
        .send()
        .await;
    old.expect_problem(412, "PRECONDITION_FAILED");
    set_roles(&app, &ada, &ada.id, json!(["admin"]))
        .await
        .expect_problem(403, "PERMISSION_DENIED");
}
