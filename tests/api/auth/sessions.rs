//! `GET /auth/sessions` and `DELETE /auth/sessions/{id}`.

use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::Value;

const SESSIONS: &str = "/api/v1/auth/sessions";

async fn sessions(app: &TestApp, user: &LoggedIn) -> Vec<Value> {
    let list = app
        .get(SESSIONS)
        .bearer(&user.access_token)
        .send()
        .await
        .expect(200);
    list.json()["data"].as_array().unwrap().clone()
}

fn id_of(sessions: &[Value], current: bool) -> String {
    let session = sessions.iter().find(|session| session["current"] == current);
    session.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn sessions_tell_device_address_and_which_one_is_asking() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    let body = serde_json::json!({ "email": "ada@example.com", "password": mainstay_testkit::PASSWORD });
    let login = app
        .post("/api/v1/auth/login")
        .header("user-agent", "pocket/1.0")
        .json(body);
    login.send().await.expect(200);
    let here = app.login("ada@example.com").await;
    let list = sessions(&app, &here).await;
    assert_eq!(list.len(), 2);
    assert_eq!(
        list.iter().filter(|session| session["current"] == true).count(),
        1
    );
    let pocket = list
        .iter()
        .find(|session| session["user_agent"] == "pocket/1.0")
        .unwrap();
    assert_eq!(pocket["current"], false);
    assert_eq!(pocket["ip"], "127.0.0.1");
    for time in ["created_at", "last_used_at", "expires_at"] {
        assert!(pocket[time].is_string(), "{time} is missing: {pocket}");
    }
}

#[tokio::test]
async fn ending_another_of_ones_sessions_takes_effect_at_once() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.user("ada@example.com").await,
        app.login("ada@example.com").await,
    );
    app.get(SESSIONS)
        .bearer(&there.access_token)
        .send()
        .await
        .expect(200);
    let other = id_of(&sessions(&app, &here).await, false);
    let path = format!("{SESSIONS}/{other}");
    app.delete(&path)
        .bearer(&here.access_token)
        .send()
        .await
        .expect(204);
    let dead = app.get(SESSIONS).bearer(&there.access_token).send().await;
    dead.expect_problem(401, "UNAUTHENTICATED");
    app.delete(&path)
        .bearer(&here.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn another_users_session_is_not_found_and_lives_on() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let id = id_of(&sessions(&app, &ada).await, true);
    let path = format!("{SESSIONS}/{id}");
    app.delete(&path)
        .bearer(&eve.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
    assert_eq!(sessions(&app, &ada).await.len(), 1);
}

#[tokio::test]
async fn sessions_that_do_not_exist_are_not_found() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let unknown = format!("{SESSIONS}/0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e");
    app.delete(&unknown)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
    let bad = app
        .delete(&format!("{SESSIONS}/7"))
        .bearer(&ada.access_token)
        .send()
        .await;
    bad.expect_invalid(&[("id", "INVALID_ID")]);
}

#[tokio::test]
async fn sessions_come_in_pages_with_a_total_when_asked_for() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for _ in 0..2 {
        app.login("ada@example.com").await;
    }
    let get = async |query: &str| {
        let path = format!("{SESSIONS}?{query}");
        app.get(&path)
            .bearer(&ada.access_token)
            .send()
            .await
            .expect(200)
            .json()
    };
    let first = get("limit=2&total=true").await;
    assert_eq!(first["page"]["total"], 3);
    assert_eq!(first["page"]["limit"], 2);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let rest = get(&format!("limit=2&cursor={cursor}")).await;
    assert_eq!(rest["data"].as_array().unwrap().len(), 1);
    assert!(rest["page"]["next_cursor"].is_null());
    assert!(rest["page"].get("total").is_none());
}
