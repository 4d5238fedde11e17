//! What stays of an account when its grace period has ended.

use std::time::Duration;

use mainstay_domain::JobStatus;
use mainstay_testkit::{PASSWORD, TestApp, TestRequest};
use serde_json::{Value, json};

use crate::mail::written;

const IP: &str = "203.0.113.77";
const CLIENT: &str = "adas-own-browser/7";

/// From where only Ada comes.
fn from_ada(request: TestRequest) -> TestRequest {
    request
        .header("x-forwarded-for", IP)
        .header("user-agent", CLIENT)
        .header("x-request-id", "adas-own-request")
}

/// Ada lives: registers, mistypes, logs in, tells her name.
async fn live(app: &TestApp) -> (String, String) {
    let account = json!({ "email": "ada.only@example.com", "username": "adaonly", "password": PASSWORD });
    let register = from_ada(app.post("/api/v1/auth/register")).header("idempotency-key", "adas-key");
    let id = register.json(account).send().await.expect(201).json()["id"].clone();
    let login = |password: &str| {
        let body = json!({ "email": "ada.only@example.com", "password": password });
        from_ada(app.post("/api/v1/auth/login")).json(body).send()
    };
    login("a wrong password").await.expect(401);
    let tokens = login(PASSWORD).await.expect(200).json();
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    from_ada(app.patch("/api/v1/users/me"))
        .bearer(&token)
        .json(json!({ "first_name": "adafirst", "last_name": "adalast" }))
        .send()
        .await
        .expect(200);
    from_ada(app.get("/api/v1/users/me/export"))
        .bearer(&token)
        .send()
        .await
        .expect(200);
    (id.as_str().unwrap().to_owned(), token)
}

const TRACES: [&str; 7] = [
    "ada.only",
    "adaonly",
    "adafirst",
    "adalast",
    IP,
    CLIENT,
    "adas-own-request",
];

async fn nothing_personal_stays_in_any_table_after_the_purge(app: TestApp) {
    let admin = app.admin().await;
    let (id, token) = live(&app).await;
    for trace in TRACES {
        assert_ne!(
            app.find_in_database(trace).await,
            [] as [String; 0],
            "{trace} never was there"
        );
    }
    from_ada(app.delete("/api/v1/users/me"))
        .bearer(&token)
        .send()
        .await
        .expect(204);
    let context = app.context();
    context.audit_chain.seal().await.unwrap();
    let later = context.clock.now() + Duration::from_secs(31 * 86_400);
    assert_eq!(
        context.privacy.purge(context.clock.now()).await.unwrap(),
        0,
        "too early"
    );
    assert_eq!(context.privacy.purge(later).await.unwrap(), 1);
    assert_eq!(context.privacy.purge(later).await.unwrap(), 0);
    // Mails that were sent, remembered answers and counters end by themselves, long before.
    every_mail_is_sent(&app).await;
    let jobs = context.store.read().jobs();
    jobs.purge(JobStatus::Done, later, 100).await.unwrap();
    context
        .store
        .read()
        .idempotency()
        .purge(later, 100)
        .await
        .unwrap();
    context.store.read().throttles().purge(later, 100).await.unwrap();
    for trace in TRACES {
        assert_eq!(
            app.find_in_database(trace).await,
            [] as [String; 0],
            "{trace} stayed"
        );
    }
    context.audit_chain.seal().await.unwrap();
    let report = context.audit_chain.verify(Vec::new()).await.unwrap();
    assert_eq!(report.problems, 0, "{:?}", report.findings);
    assert!(report.erased >= 6, "{report:?}");
    the_skeleton_stays(&app, &admin.access_token, &id).await;
}

on_every_database!(
    nothing_personal_stays_in_any_table_after_the_purge,
    "server.trusted_proxies" = "127.0.0.1",
    "throttle.enabled" = "true",
    "jobs.in_process" = "true"
);

async fn every_mail_is_sent(app: &TestApp) {
    for job in written::jobs(app).await {
        assert_eq!(written::ended(app, job.id).await.status, JobStatus::Done);
    }
}

/// Who, what and when.
async fn the_skeleton_stays(app: &TestApp, token: &str, id: &str) {
    let path = format!("/api/v1/audit-events?subject_id={id}&limit=100");
    let events = app.get(&path).bearer(token).send().await.expect(200).json();
    let events = events["data"].as_array().unwrap().clone();
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "user.registered",
        "auth.login_failed",
        "auth.login_succeeded",
        "user.updated",
        "user.exported",
        "user.deleted",
        "user.purged",
    ] {
        assert!(kinds.contains(&kind), "{kind} is gone: {kinds:?}");
    }
    for event in &events {
        for gone in ["ip", "user_agent", "request_id", "detail"] {
            assert_eq!(event[gone], Value::Null, "{event}");
        }
    }
    let path = format!("/api/v1/users/{id}");
    app.get(&path)
        .bearer(token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_account_that_was_enabled_again_is_not_purged() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    app.delete(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(204);
    app.post(&format!("{path}/enable"))
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let context = app.context();
    let later = context.clock.now() + Duration::from_secs(400 * 86_400);
    assert_eq!(context.privacy.purge(later).await.unwrap(), 0);
    app.login("ada@example.com").await;
}

#[tokio::test]
async fn the_address_of_a_purged_account_can_be_registered_again() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    app.delete("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(204);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let again = app.post("/api/v1/auth/register").json(body).send().await;
    again.expect_problem(409, "EMAIL_TAKEN");
    let context = app.context();
    let later = context.clock.now() + Duration::from_secs(31 * 86_400);
    assert_eq!(context.privacy.purge(later).await.unwrap(), 1);
    assert_ne!(app.user("ada@example.com").await.id, ada.id);
}
