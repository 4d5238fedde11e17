//! The id of a request goes with the work that it leaves behind.

use mainstay_services::mail::{ACCOUNT_MAIL_JOB, MAIL_JOB};
use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::json;

use super::written::jobs;

#[tokio::test]
async fn a_mail_carries_the_id_of_the_request_that_wrote_or_asked_for_it() {
    let app = TestApp::start().await;
    let account = json!({ "email": "ada@example.com", "password": PASSWORD });
    let register = app.post("/api/v1/auth/register").header("x-request-id", "wrote");
    register.json(account).await.expect(201);
    let forgot = app
        .post("/api/v1/auth/forgot-password")
        .header("x-request-id", "asked");
    forgot
        .json(json!({ "email": "ada@example.com" }))
        .await
        .expect(202);
    let queued = jobs(&app).await;
    let asked = queued.iter().find(|job| job.kind == ACCOUNT_MAIL_JOB).unwrap();
    assert_eq!(asked.request_id.as_deref(), Some("asked"));
    assert_eq!(app.mailbox().all().await.len(), 2);
    let mut written = jobs(&app).await;
    written.retain(|job| job.kind == MAIL_JOB);
    let ids: Vec<_> = written.iter().map(|job| job.request_id.as_deref()).collect();
    assert_eq!(ids, [Some("asked"), Some("wrote")], "newest first");
}
