//! Which API key did what.

use mainstay_services::audit::Problem;
use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::{Value, json};

/// The newest event of a kind.
async fn newest(admin: &LoggedIn, kind: &str) -> Value {
    let path = format!("/api/v1/audit-events?kind={kind}&limit=1");
    admin.get(&path).await.expect(200).json()["data"][0].clone()
}

async fn what_a_key_did_names_the_key_and_its_owner_for_good(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let scopes = json!(["users:write", "roles:write"]);
    let made = admin
        .post("/api/v1/auth/api-keys")
        .json(json!({ "name": "janitor", "scopes": scopes }));
    let made = made.await.expect(201).json();
    let (id, key) = (made["id"].clone(), made["key"].as_str().unwrap());
    let path = format!("/api/v1/users/{}", ada.id);
    app.post(&format!("{path}/disable")).bearer(key).await.expect(200);
    let role = json!({ "name": "helpers", "permissions": [] });
    app.post("/api/v1/roles").bearer(key).json(role).await.expect(201);
    admin.post(&format!("{path}/enable")).await.expect(200);
    for (kind, by) in [
        ("user.disabled", &id),
        ("role.created", &id),
        ("user.enabled", &Value::Null),
        ("auth.api_key_created", &Value::Null),
    ] {
        let event = newest(&admin, kind).await;
        assert_eq!(event["actor_id"], admin.id.as_str(), "{event}");
        assert_eq!(event["api_key_id"], *by, "{event}");
    }
    let own = app.login("ada@example.com").await;
    let own = own.get("/api/v1/users/me/audit-events?kind=user.disabled").await;
    assert_eq!(own.json()["data"][0]["api_key_id"], id);
    let path = format!("/api/v1/auth/api-keys/{}", id.as_str().unwrap());
    admin.delete(&path).await.expect(204);
    assert_eq!(newest(&admin, "user.disabled").await["api_key_id"], id);
    the_chain_covers_it(&app).await;
}
on_every_database!(
    what_a_key_did_names_the_key_and_its_owner_for_good,
    "audit.seal_every" = "1h"
);

/// Nobody takes the key from an event, or gives one to it, unseen.
async fn the_chain_covers_it(app: &TestApp) {
    let chain = &app.context().audit_chain;
    chain.seal().await.unwrap();
    assert_eq!(chain.verify(Vec::new()).await.unwrap().problems, 0);
    for change in [
        "api_key_id = NULL WHERE kind = 'user.disabled'",
        "api_key_id = id WHERE kind = 'user.enabled'",
    ] {
        app.execute(&format!("UPDATE audit_events SET {change}")).await;
    }
    let found = chain.verify(Vec::new()).await.unwrap().findings;
    let problems: Vec<_> = found.into_iter().map(|finding| finding.problem).collect();
    assert_eq!(problems, [Problem::Altered, Problem::Altered]);
}
