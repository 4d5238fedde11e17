//! Removing jobs.

use std::time::Duration;

use mainstay_domain::{JobClaim, JobFailure, JobLease};
use mainstay_services::mail::MAIL_JOB;
use mainstay_testkit::TestApp;

use crate::mail::written::write_down;

#[tokio::test]
async fn an_operator_removes_what_nobody_wants_to_send() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = write_down(&app).await;
    let path = format!("/api/v1/jobs/{id}");
    let job = app.get(&path).bearer(&admin.access_token).send().await;
    let job = job.expect(200).json();
    assert_eq!(
        (job["status"].as_str(), job["priority"].as_str()),
        (Some("queued"), Some("high"))
    );
    let removed = app.delete(&path).bearer(&admin.access_token).send().await;
    removed.expect(204);
    for request in [
        app.get(&path),
        app.delete(&path),
        app.post(&format!("{path}/retry")),
    ] {
        let answer = request.bearer(&admin.access_token).send().await;
        answer.expect_problem(404, "NOT_FOUND");
    }
    assert_eq!(app.mailbox().all().await, []);
}

#[tokio::test]
async fn a_job_that_runs_cannot_be_cancelled_but_once_it_waits_again_it_can() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = format!("/api/v1/jobs/{}", write_down(&app).await);
    let context = app.context();
    let now = context.clock.now();
    let claim = JobClaim {
        kinds: vec![MAIL_JOB],
        now,
        lease: JobLease {
            id: context.entropy.id(now),
            until: now + Duration::from_secs(60),
        },
        limit: 1,
    };
    let jobs = context.store.read().jobs();
    let ticket = jobs.take(&claim).await.unwrap()[0].ticket().unwrap();
    let cancel = async || app.delete(&path).bearer(&admin.access_token).send().await;
    cancel().await.expect_problem(409, "CONFLICT");
    let failure = JobFailure::new("451 later");
    assert!(jobs.retry_at(&ticket, now, &failure).await.unwrap());
    cancel().await.expect(204);
    assert!(
        jobs.take(&claim).await.unwrap().is_empty(),
        "it will never be done"
    );
}
