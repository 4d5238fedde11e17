//! `PATCH /roles/{name}`.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::{Value, json};

/// An administrator, and Ada who holds the role `support`.
async fn house() -> (TestApp, LoggedIn, LoggedIn) {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let body = json!({ "name": "support", "permissions": [] });
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
    (app, admin, ada)
}

async fn update(app: &TestApp, actor: &LoggedIn, name: &str, body: Value) -> TestResponse {
    let request = app
        .patch(&format!("/api/v1/roles/{name}"))
        .bearer(&actor.access_token);
    request.json(body).send().await
}

#[tokio::test]
async fn a_changed_role_takes_effect_for_its_holders_with_the_next_request() {
    let (app, admin, ada) = house().await;
    let list = || app.get("/api/v1/users").bearer(&ada.access_token).send();
    list().await.expect_problem(403, "PERMISSION_DENIED");
    let body = json!({ "permissions": ["users:read"] });
    update(&app, &admin, "support", body).await.expect(200);
    list().await.expect(200);
    update(&app, &admin, "support", json!({ "permissions": [] }))
        .await
        .expect(200);
    list().await.expect_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn fields_that_are_left_out_stay_as_they_are() {
    let (app, admin, _) = house().await;
    let body = json!({ "permissions": ["users:read"] });
    update(&app, &admin, "support", body).await.expect(200);
    let role = update(&app, &admin, "support", json!({ "description": "Helps" }))
        .await
        .expect(200)
        .json();
    assert_eq!(role["permissions"], json!(["users:read"]));
    assert_eq!(role["description"], "Helps");
}

#[tokio::test]
async fn built_in_unknown_and_outdated_roles_are_not_changed() {
    let (app, admin, _) = house().await;
    for name in ["admin", "user"] {
        update(&app, &admin, name, json!({ "permissions": [] }))
            .await
            .expect_problem(409, "ROLE_BUILT_IN");
    }
    for name in ["nobody", "Not-A-Role"] {
        update(&app, &admin, name, json!({ "permissions": [] }))
            .await
            .expect_problem(404, "NOT_FOUND");
    }
    let request = app
        .patch("/api/v1/roles/support")
        .bearer(&admin.access_token)
        .header("if-match", "\"old\"");
    request
        .json(json!({}))
        .send()
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    let answer = update(&app, &admin, "support", json!({ "name": "other" })).await;
    answer.expect_invalid(&[("name", "UNKNOWN_FIELD")]);
    let answer = update(&app, &admin, "support", json!({ "permissions": ["ships:sink"] })).await;
    answer.expect_invalid(&[("permissions", "UNKNOWN_PERMISSION")]);
}

#[tokio::test]
async fn nobody_strengthens_their_own_role() {
    let (app, admin, ada) = house().await;
    update(&app, &admin, "support", json!({ "permissions": ["roles:write"] }))
        .await
        .expect(200);
    let body = json!({ "permissions": ["roles:write", "users:write"] });
    update(&app, &ada, "support", body)
        .await
        .expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    update(&app, &admin, "support", json!({ "permissions": [] }))
        .await
        .expect(200);
    update(&app, &ada, "support", json!({}))
        .await
        .expect_problem(403, "PERMISSION_DENIED");
}
