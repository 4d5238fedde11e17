//! `GET` and `PUT /system/log-level`. What a real process logs then: `crates/server/tests/logs.rs`.

use std::sync::{Arc, Mutex};

use mainstay_services::ports::{LogLevel, LogLevels, TimedLevel};
use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/system/log-level";

/// Takes note of what it is told.
#[derive(Default)]
struct Levels(Mutex<Option<TimedLevel>>);

impl LogLevels for Levels {
    fn current(&self) -> LogLevel {
        let changed = self.0.lock().unwrap().clone();
        LogLevel {
            level: changed
                .as_ref()
                .map_or("info".to_owned(), |changed| changed.level.clone()),
            configured: "info".to_owned(),
            until: changed.map(|changed| changed.until),
        }
    }

    fn accepts(&self, level: &str) -> bool {
        ["debug", "warn"].contains(&level)
    }

    fn change(&self, to: TimedLevel) {
        *self.0.lock().unwrap() = Some(to);
    }
}

async fn app() -> (TestApp, Arc<Levels>) {
    let levels = Arc::<Levels>::default();
    let ours = Arc::clone(&levels);
    let app = TestApp::builder().product(move |server| server.log_levels(Arc::clone(&ours) as _));
    (app.start().await, levels)
}

async fn put(app: &TestApp, caller: &LoggedIn, body: Value) -> mainstay_testkit::TestResponse {
    let request = app.put(PATH).bearer(&caller.access_token).json(body);
    request.send().await
}

#[tokio::test]
async fn an_operator_changes_the_log_level_for_a_while_and_it_is_in_the_audit_log() {
    let (app, levels) = app().await;
    let admin = app.admin().await;
    let now = app.get(PATH).bearer(&admin.access_token).send().await;
    assert_eq!(
        now.expect(200).json(),
        json!({ "level": "info", "configured": "info", "until": null })
    );
    let changed = put(&app, &admin, json!({ "level": "debug", "for_seconds": 90 })).await;
    let changed = changed.expect(200).json();
    assert_eq!(
        (&changed["level"], &changed["configured"]),
        (&json!("debug"), &json!("info"))
    );
    assert!(changed["until"].is_string(), "{changed}");
    let told = levels.0.lock().unwrap().clone().unwrap();
    assert_eq!(told.lasts.as_secs(), 90);
    let events = app
        .get("/api/v1/audit-events?kind=system.log_level_changed")
        .bearer(&admin.access_token);
    let events = events.send().await.expect(200).json();
    assert_eq!(events["data"].as_array().unwrap().len(), 1);
    assert_eq!(events["data"][0]["detail"], "debug for 90 s");
    assert_eq!(events["data"][0]["actor_id"], admin.id.as_str());
    put(&app, &admin, json!({ "level": "warn" })).await.expect(200);
    let told = levels.0.lock().unwrap().clone().unwrap();
    assert_eq!((told.level.as_str(), told.lasts.as_secs()), ("warn", 600));
}

#[tokio::test]
async fn what_is_no_level_and_what_lasts_too_long_changes_nothing() {
    let (app, levels) = app().await;
    let admin = app.admin().await;
    for (body, field) in [
        (json!({ "level": "loud" }), "level"),
        (json!({ "level": "" }), "level"),
        (json!({ "level": "d".repeat(201) }), "level"),
        (json!({ "level": 5 }), "level"),
        (json!({ "for_seconds": 5 }), "level"),
        (json!({ "level": "debug", "for_seconds": 0 }), "for_seconds"),
        (json!({ "level": "debug", "for_seconds": -1 }), "for_seconds"),
        (json!({ "level": "debug", "for_seconds": 86_401 }), "for_seconds"),
        (
            json!({ "level": "debug", "for_seconds": "an hour" }),
            "for_seconds",
        ),
        (json!({ "level": "debug", "for": 5 }), "for"),
    ] {
        let answer = put(&app, &admin, body.clone()).await;
        let problem = answer.expect_problem(422, "VALIDATION_FAILED");
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
    assert_eq!(*levels.0.lock().unwrap(), None);
}

#[tokio::test]
async fn only_those_who_may_manage_the_system_see_or_change_what_is_logged() {
    let (app, levels) = app().await;
    let ada = app.user("ada@example.com").await;
    app.get(PATH).send().await.expect_problem(401, "UNAUTHENTICATED");
    let stranger = app.put(PATH).json(json!({ "level": "debug" }));
    stranger.send().await.expect_problem(401, "UNAUTHENTICATED");
    let answer = app.get(PATH).bearer(&ada.access_token).send().await;
    answer.expect_problem(403, "PERMISSION_DENIED");
    let answer = put(&app, &ada, json!({ "level": "debug" })).await;
    answer.expect_problem(403, "PERMISSION_DENIED");
    assert_eq!(*levels.0.lock().unwrap(), None);
}
