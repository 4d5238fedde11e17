//! Deeds around passwords and sessions, and what they leave in the log.

use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::{Value, json};

async fn login(app: &TestApp, password: &str) -> u16 {
    let body = json!({ "email": "ada@example.com", "password": password });
    app.post("/api/v1/auth/login").json(body).send().await.status()
}

/// The events of this kind, as an administrator sees them.
async fn of_kind(app: &TestApp, token: &str, kind: &str) -> Vec<Value> {
    let path = format!("/api/v1/audit-events?kind={kind}");
    let list = app.get(&path).bearer(token).send().await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn changes_of_a_password_are_kept_whether_they_took_place_or_not() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    for (current, status) in [("a wrong password", 403), (PASSWORD, 204)] {
        let body = json!({ "current_password": current, "new_password": "an even better one, honestly" });
        let request = app.post("/api/v1/auth/change-password").bearer(&ada.access_token);
        request.json(body).send().await.expect(status);
    }
    for kind in ["auth.password_change_failed", "auth.password_changed"] {
        let events = of_kind(&app, &admin.access_token, kind).await;
        assert_eq!(events.len(), 1, "{kind}");
        assert_eq!(events[0]["subject_id"], ada.id.as_str());
        assert!(!events[0].to_string().contains("better"));
    }
}

#[tokio::test]
async fn the_end_of_a_session_is_kept_with_its_reason() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    app.post("/api/v1/auth/logout")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(204);
    let events = of_kind(&app, &admin.access_token, "auth.session_revoked").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["subject_id"], ada.id.as_str());
}

#[tokio::test]
async fn a_login_that_was_refused_for_too_many_tries_is_kept() {
    let builder = TestApp::with("throttle.enabled", "true").with("throttle.account_free_tries", "2");
    let app = builder.start().await;
    let admin = app.admin().await;
    app.register("ada@example.com").await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(login(&app, "a wrong password").await);
    }
    assert!(answers.contains(&429), "{answers:?}");
    let events = of_kind(&app, &admin.access_token, "auth.login_throttled").await;
    assert!(!events.is_empty());
}

#[tokio::test]
async fn the_first_administrator_leaves_an_event_of_its_own() {
    let app = TestApp::start().await;
    let token = app
        .services()
        .auth
        .issue_first_admin_token()
        .await
        .unwrap()
        .unwrap();
    let body = json!({ "token": token, "email": "root@example.com", "password": PASSWORD });
    app.post("/api/v1/auth/setup").json(body).send().await.expect(201);
    let admin = app.login("root@example.com").await;
    let events = of_kind(&app, &admin.access_token, "auth.first_admin_created").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["subject_id"], admin.id.as_str());
}
