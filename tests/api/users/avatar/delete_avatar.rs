//! Removing somebody's avatar.

use mainstay_testkit::TestApp;
use serde_json::json;

use super::pictures::{ME, png, see, set};

fn path(id: &str) -> String {
    format!("/api/v1/users/{id}/avatar")
}

#[tokio::test]
async fn an_administrator_removes_an_avatar_and_that_is_noted() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let address = set(&ada, png()).await;
    let read = admin.get(&format!("/api/v1/users/{}", ada.id)).await.expect(200);
    assert_eq!(read.json()["avatar_url"], json!(address));
    let stale = admin
        .delete(&path(&ada.id))
        .header("if-match", format!("\"{}.1\"", ada.id));
    stale.await.expect_problem(412, "PRECONDITION_FAILED");
    let seen = admin.delete(&path(&ada.id)).header("if-match", read.etag());
    seen.await.expect(204);
    admin.delete(&path(&ada.id)).await.expect(204);
    see(&app, &address).await.expect_problem(404, "NOT_FOUND");
    let me = ada.get(ME).await.expect(200);
    assert!(me.json()["avatar_url"].is_null());
    assert_ne!(me.etag(), read.etag());
    let events = admin
        .get("/api/v1/audit-events?kind=user.avatar_removed")
        .await
        .expect(200)
        .json();
    let events = events["data"].as_array().unwrap();
    assert_eq!(events.len(), 1, "the second time there was nothing to remove");
    assert_eq!(
        (&events[0]["actor_id"], &events[0]["subject_id"]),
        (&json!(admin.id), &json!(ada.id))
    );
    let nobody = admin.delete(&path(&uuid::Uuid::now_v7().to_string())).await;
    nobody.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn only_who_may_write_users_and_outranks_them_removes_their_avatars() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let eve = app.user("eve@example.com").await;
    let address = set(&ada, png()).await;
    app.delete(&path(&ada.id))
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    eve.delete(&path(&ada.id))
        .await
        .expect_problem(403, "PERMISSION_DENIED");
    let key = async |scopes: serde_json::Value| {
        let body = json!({ "name": "moderation", "scopes": scopes });
        let made = admin.post("/api/v1/auth/api-keys").json(body).await.expect(201);
        made.json()["key"].as_str().unwrap().to_owned()
    };
    let (reads, writes) = (
        key(json!(["users:read"])).await,
        key(json!(["users:write"])).await,
    );
    let denied = app.delete(&path(&ada.id)).bearer(&reads).send().await;
    denied.expect_problem(403, "PERMISSION_DENIED");
    see(&app, &address).await.expect(200);
    app.delete(&path(&ada.id))
        .bearer(&writes)
        .send()
        .await
        .expect(204);
    see(&app, &address).await.expect(404);
    // Somebody who may write users may do less than an administrator.
    let role = json!({ "name": "moderator", "permissions": ["users:write"] });
    admin.post("/api/v1/roles").json(role).await.expect(201);
    let roles = format!("/api/v1/users/{}/roles", eve.id);
    admin
        .put(&roles)
        .json(json!({ "roles": ["moderator"] }))
        .await
        .expect(200);
    let picture = set(&admin, png()).await;
    let outranked = eve.delete(&path(&admin.id)).await;
    outranked.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    see(&app, &picture).await.expect(200);
}
