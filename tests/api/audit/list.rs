//! `GET /audit-events` and `GET /users/me/audit-events`.

use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::{Value, json};

const OWN: &str = "/api/v1/users/me/audit-events";
const ALL: &str = "/api/v1/audit-events";

async fn events(app: &TestApp, user: &LoggedIn, path: &str) -> Vec<Value> {
    let list = app.get(path).bearer(&user.access_token).send().await.expect(200);
    list.json()["data"].as_array().unwrap().clone()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn what_happens_to_an_account_stands_in_the_log_newest_first() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let patch = app
        .patch("/api/v1/users/me")
        .bearer(&ada.access_token)
        .header("x-request-id", "my-change");
    patch
        .json(json!({ "first_name": "Ada" }))
        .send()
        .await
        .expect(200);
    let own = events(&app, &ada, OWN).await;
    assert_eq!(
        kinds(&own),
        ["user.updated", "auth.login_succeeded", "user.registered"]
    );
    assert_eq!(own[0]["request_id"], "my-change");
    for event in &own {
        assert_eq!(event["subject_id"], ada.id.as_str());
        assert_eq!(event["ip"], "127.0.0.1");
    }
}

#[tokio::test]
async fn a_failed_login_is_kept_without_the_password_that_was_typed() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": "a very secret guess" });
    app.post("/api/v1/auth/login").json(body).send().await.expect(401);
    let path = format!("{OWN}?kind=auth.login_failed");
    let failed = events(&app, &ada, &path).await;
    assert_eq!(failed.len(), 1);
    assert!(!format!("{failed:?}").contains("secret guess"));
}

#[tokio::test]
async fn nobody_sees_the_events_of_others_through_their_own_list() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let path = format!("{OWN}?subject_id={}", ada.id);
    let seen = events(&app, &eve, &path).await;
    assert!(
        seen.iter().all(|event| event["subject_id"] == eve.id.as_str()),
        "{seen:?}"
    );
    app.get(ALL)
        .bearer(&eve.access_token)
        .send()
        .await
        .expect_problem(403, "PERMISSION_DENIED");
    app.get(ALL).send().await.expect_problem(401, "UNAUTHENTICATED");
    app.get(OWN).send().await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_auditor_filters_by_kind_person_and_time() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}/disable", ada.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let disabled = events(&app, &admin, &format!("{ALL}?kind=user.disabled")).await;
    assert_eq!(disabled.len(), 1);
    assert_eq!(disabled[0]["actor_id"], admin.id.as_str());
    assert_eq!(disabled[0]["subject_id"], ada.id.as_str());
    let by_admin = events(&app, &admin, &format!("{ALL}?actor_id={}", admin.id)).await;
    assert!(by_admin.iter().any(|event| event["kind"] == "user.disabled"));
    let about_ada = events(&app, &admin, &format!("{ALL}?subject_id={}", ada.id)).await;
    assert_eq!(
        kinds(&about_ada),
        ["user.disabled", "auth.login_succeeded", "user.registered"]
    );
    assert!(
        events(&app, &admin, &format!("{ALL}?until=2000-01-01T00:00:00Z"))
            .await
            .is_empty()
    );
    assert!(
        !events(&app, &admin, &format!("{ALL}?since=2000-01-01T00:00:00Z"))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn administrative_deeds_leave_one_event_each() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let bearer = |request: mainstay_testkit::TestRequest| request.bearer(&admin.access_token);
    let role = json!({ "name": "support", "permissions": [] });
    bearer(app.post("/api/v1/roles"))
        .json(role)
        .send()
        .await
        .expect(201);
    bearer(app.patch("/api/v1/roles/support"))
        .json(json!({ "description": "x" }))
        .send()
        .await
        .expect(200);
    let path = format!("/api/v1/users/{}", ada.id);
    let roles = json!({ "roles": ["support"] });
    bearer(app.put(&format!("{path}/roles")))
        .json(roles)
        .send()
        .await
        .expect(200);
    bearer(app.delete(&format!("{path}/sessions")))
        .send()
        .await
        .expect(204);
    bearer(app.post(&format!("{path}/disable")))
        .send()
        .await
        .expect(200);
    bearer(app.post(&format!("{path}/enable")))
        .send()
        .await
        .expect(200);
    bearer(app.delete(&path)).send().await.expect(204);
    bearer(app.delete("/api/v1/roles/support"))
        .send()
        .await
        .expect(204);
    let path = format!("{ALL}?actor_id={}&limit=100", admin.id);
    let done = events(&app, &admin, &path).await;
    for kind in [
        "role.created",
        "role.updated",
        "user.roles_changed",
        "auth.sessions_revoked",
        "user.disabled",
        "user.enabled",
        "user.deleted",
        "role.deleted",
    ] {
        assert_eq!(
            kinds(&done).iter().filter(|seen| **seen == kind).count(),
            1,
            "{kind}: {:?}",
            kinds(&done)
        );
    }
}

#[tokio::test]
async fn filters_that_make_no_sense_are_refused_by_name() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (query, field, code) in [
        ("kind=user.exploded", "kind", "INVALID_AUDIT_KIND"),
        ("actor_id=7", "actor_id", "INVALID_TYPE"),
        ("since=yesterday", "since", "INVALID_TYPE"),
        ("who=me", "who", "UNKNOWN_FIELD"),
    ] {
        let path = format!("{ALL}?{query}");
        app.get(&path)
            .bearer(&admin.access_token)
            .send()
            .await
            .expect_invalid(&[(field, code)]);
    }
    app.delete(ALL)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect_problem(405, "METHOD_NOT_ALLOWED");
}
