//! Dead letters: finding them and having them sent again.

use std::time::Duration;

use mainstay_domain::{JobClaim, JobFailure, JobLease, JobStatus};
use mainstay_services::mail::MAIL_JOB;
use mainstay_testkit::{TestApp, TestDatabase};

use crate::mail::written::{ended, write_down};

/// A mail that a mail server refused.
async fn dead_letter(app: &TestApp) -> String {
    let context = app.context();
    let id = write_down(app).await;
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
    let failure = JobFailure::new("550 no such mailbox");
    assert!(jobs.bury(&ticket, now, &failure).await.unwrap());
    id.to_string()
}

#[tokio::test]
async fn an_operator_finds_a_dead_letter_and_has_it_sent_again() {
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let app = TestApp::with("database.url", database.url()).start().await;
    let admin = app.admin().await;
    let dead = dead_letter(&app).await;
    write_down(&app).await;
    let list = app
        .get("/api/v1/jobs?status=dead&kind=mail")
        .bearer(&admin.access_token);
    let list = list.send().await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    let job = &list["data"][0];
    assert_eq!(
        (job["id"].as_str(), job["attempts"].as_i64()),
        (Some(dead.as_str()), Some(1))
    );
    assert_eq!(job["failure"], "550 no such mailbox");
    assert!(
        job.get("payload").is_none(),
        "what it is about is nobody's business"
    );

    let path = format!("/api/v1/jobs/{dead}");
    let retry = app.post(&format!("{path}/retry")).bearer(&admin.access_token);
    assert_eq!(retry.send().await.expect(202).json()["status"], "queued");
    let folder = tempfile::tempdir().unwrap();
    let worker = TestApp::with("database.url", database.url())
        .with("jobs.in_process", "true")
        .with("mail.transport", "file")
        .with("mail.dir", folder.path().to_str().unwrap());
    let worker = worker.start().await;
    let job = ended(&worker, dead.parse().unwrap()).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Done, 2));
    for request in [app.post(&format!("{path}/retry")), app.delete(&path)] {
        let answer = request.bearer(&admin.access_token).send().await;
        answer.expect_problem(409, "CONFLICT");
    }
}

#[tokio::test]
async fn unknown_statuses_kinds_and_ids_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for path in ["?status=lost", "?kind=No%20Kind", "?owner=me", "/not-an-id"] {
        let answer = app
            .get(&format!("/api/v1/jobs{path}"))
            .bearer(&admin.access_token);
        assert_eq!(answer.send().await.status(), 422, "{path}");
    }
}
