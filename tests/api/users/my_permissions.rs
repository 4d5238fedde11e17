//! `GET /users/me/permissions`, and that a change applies at once.

use std::time::Duration;

use mainstay_testkit::{LoggedIn, TestApp, TestDatabase, TestResponse};
use serde_json::json;

const MINE: &str = "/api/v1/users/me/permissions";

async fn mine(app: &TestApp, user: &LoggedIn) -> TestResponse {
    app.get(MINE).bearer(&user.access_token).send().await.expect(200)
}

/// Makes a role with these permissions and gives it to a user.
async fn grant(app: &TestApp, admin: &LoggedIn, user: &LoggedIn, permissions: &[&str]) {
    let role = json!({ "name": "support", "permissions": permissions });
    app.post("/api/v1/roles")
        .bearer(&admin.access_token)
        .json(role)
        .send()
        .await
        .expect(201);
    app.put(&format!("/api/v1/users/{}/roles", user.id))
        .bearer(&admin.access_token)
        .json(json!({ "roles": ["user", "support"] }))
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn the_caller_is_told_roles_and_everything_they_grant() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let nothing = json!({ "roles": ["user"], "permissions": [] });
    assert_eq!(mine(&app, &ada).await.json(), nothing);
    grant(&app, &admin, &ada, &["users:read", "audit:read"]).await;
    let granted = json!({ "roles": ["support", "user"], "permissions": ["audit:read", "users:read"] });
    assert_eq!(mine(&app, &ada).await.json(), granted);
    let all = mine(&app, &admin).await.json()["permissions"].clone();
    let catalogue = app
        .get("/api/v1/permissions")
        .bearer(&admin.access_token)
        .send()
        .await;
    assert_eq!(all, catalogue.expect(200).json()["data"]);
    app.get(MINE).send().await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn permissions_that_have_not_changed_are_answered_with_304() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let tag = mine(&app, &ada).await.header("etag").unwrap().to_owned();
    let ask = |tag: &str| {
        let request = app.get(MINE).bearer(&ada.access_token);
        request.header("if-none-match", tag).send()
    };
    ask(&tag).await.expect(304);
    grant(&app, &admin, &ada, &["users:read"]).await;
    let changed = ask(&tag).await.expect(200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn a_change_of_roles_reaches_every_replica_within_a_second() {
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let replica = || TestApp::with("database.url", database.url()).start();
    let (here, there) = (replica().await, replica().await);
    let (admin, ada) = (here.admin().await, here.user("ada@example.com").await);
    let users = |app: &TestApp| app.get("/api/v1/users").bearer(&ada.access_token).send();
    users(&here).await.expect_problem(403, "PERMISSION_DENIED");
    users(&there).await.expect_problem(403, "PERMISSION_DENIED");
    grant(&here, &admin, &ada, &["users:read"]).await;
    users(&here).await.expect(200);
    tokio::time::sleep(Duration::from_secs(1)).await;
    users(&there).await.expect(200);
    assert_eq!(
        mine(&there, &ada).await.json()["permissions"],
        json!(["users:read"])
    );
    here.patch("/api/v1/roles/support")
        .bearer(&admin.access_token)
        .json(json!({ "permissions": [] }))
        .send()
        .await
        .expect(200);
    users(&here).await.expect_problem(403, "PERMISSION_DENIED");
    tokio::time::sleep(Duration::from_secs(1)).await;
    users(&there).await.expect_problem(403, "PERMISSION_DENIED");
}
