//! Mail servers that refuse, hesitate, fall silent or hang up.

use mainstay_domain::JobStatus;

use super::written::{ended, until, write_down};
use crate::support::SmtpServer;

#[tokio::test]
async fn a_mail_that_is_refused_for_good_becomes_a_dead_letter_at_once() {
    let Some(server) = SmtpServer::start(&["refuse"]) else {
        return;
    };
    let app = server.client("none").start().await;
    let id = write_down(&app).await;
    let job = ended(&app, id).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Dead, 1));
    let failure = job.failure.unwrap();
    assert!(failure.as_str().contains("550"), "{failure:?}");
    assert!(!job.payload.contains("s3cret") && !job.payload.contains("ada@"));
}

#[tokio::test]
async fn a_mail_that_is_put_off_is_sent_again_until_it_is_taken() {
    let Some(server) = SmtpServer::start(&["greylist"]) else {
        return;
    };
    let app = server.client("none").start().await;
    let id = write_down(&app).await;
    let job = ended(&app, id).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Done, 3));
    assert_eq!(server.accepted(1).len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_middle_gets_the_mail_once_more() {
    let Some(server) = SmtpServer::start(&["drop"]) else {
        return;
    };
    let app = server.client("none").start().await;
    let id = write_down(&app).await;
    let job = ended(&app, id).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Done, 2));
    assert_eq!(server.accepted(1).len(), 1);
}

#[tokio::test]
async fn a_server_that_falls_silent_gets_a_mail_that_it_can_recognise() {
    let Some(server) = SmtpServer::start(&["stall"]) else {
        return;
    };
    let app = server.client("none").with("mail.timeout", "5s").start().await;
    let id = write_down(&app).await;
    let job = ended(&app, id).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Done, 2));
    let header = format!("Message-ID: <{id}@example.org>");
    let mails = server.accepted(2);
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert!(mail["data"].as_str().unwrap().contains(&header));
    }
    let next = write_down(&app).await;
    assert_eq!(ended(&app, next).await.attempts, 1, "no late answer is mistaken");
}

#[tokio::test]
async fn a_wrong_password_is_for_an_operator_to_mend_and_costs_no_mail() {
    let login = ["accept", "--login", "mainstay:right"];
    let Some(server) = SmtpServer::start(&login) else {
        return;
    };
    let app = server.client("none").with("mail.username", "mainstay");
    let app = app
        .with("mail.password", "wrong")
        .with("jobs.retry_max_delay", "1h");
    let app = app.with("jobs.retry_delay", "10m").start().await;
    let id = write_down(&app).await;
    let job = until(&app, id, |job| job.failure.is_some()).await;
    assert_eq!(job.status, JobStatus::Queued);
    let failure = job.failure.unwrap();
    assert!(failure.as_str().contains("535"), "{failure:?}");
    assert!(!failure.as_str().contains("wrong"));
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_waited_for() {
    let Some(server) = SmtpServer::start(&["accept"]) else {
        return;
    };
    let client = server.client("none").with("mail.port", "1");
    let app = client
        .with("jobs.retry_delay", "10m")
        .with("jobs.retry_max_delay", "1h");
    let app = app.start().await;
    let id = write_down(&app).await;
    let job = until(&app, id, |job| job.failure.is_some()).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Queued, 1));
}
