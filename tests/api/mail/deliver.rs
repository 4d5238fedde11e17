//! Mails that arrive.

use std::fs;

use mainstay_domain::JobStatus;
use mainstay_testkit::TestApp;

use super::written::{ended, jobs, write_down, write_down_as};
use crate::support::SmtpServer;

#[tokio::test]
async fn a_mail_reaches_the_mail_server_whole_and_leaves_nothing_behind() {
    let Some(server) = SmtpServer::start(&["accept"]) else {
        return;
    };
    let app = server.client("none").start().await;
    let id = write_down(&app).await;
    let job = ended(&app, id).await;
    assert_eq!((job.status, job.payload.as_str()), (JobStatus::Done, ""));
    let mails = server.accepted(1);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["from"], "no-reply@example.org");
    assert_eq!(mails[0]["to"][0], "ada@example.com");
    let data = mails[0]["data"].as_str().unwrap();
    for part in [
        "From: \"Mainstay Tests\" <no-reply@example.org>\r\n",
        "To: ada@example.com\r\n",
        "Subject: Choose a new password\r\n",
        &format!("Message-ID: <{id}@example.org>\r\n"),
        "Auto-Submitted: auto-generated\r\n",
        "\r\nDate: ",
        "text/plain",
        "text/html",
        "token=3Ds3cret",
        "for 1 hour",
    ] {
        assert!(data.contains(part), "{part:?} is missing in {data}");
    }
}

#[tokio::test]
async fn the_name_and_password_of_the_configuration_are_used() {
    let login = ["accept", "--login", "mainstay:right"];
    let Some(server) = SmtpServer::start(&login) else {
        return;
    };
    let app = server.client("none").with("mail.username", "mainstay");
    let app = app.with("mail.password", "right").start().await;
    let id = write_down(&app).await;
    assert_eq!(ended(&app, id).await.status, JobStatus::Done);
    assert_eq!(server.accepted(1)[0]["login"], true);
}

#[tokio::test]
async fn a_mail_with_a_key_arrives_once_however_often_it_is_written_down() {
    let Some(server) = SmtpServer::start(&["accept"]) else {
        return;
    };
    let app = server.client("none").start().await;
    assert!(write_down_as(&app, Some("reset/1")).await);
    let id = jobs(&app).await[0].id;
    assert!(!write_down_as(&app, Some("reset/1")).await);
    ended(&app, id).await;
    assert!(!write_down_as(&app, Some("reset/1")).await);
    let other = write_down(&app).await;
    ended(&app, other).await;
    assert_eq!(server.accepted(2).len(), 2);
}

#[tokio::test]
async fn mails_can_be_files_that_mail_programs_open() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with("mail.transport", "file")
        .with("mail.dir", folder.path().to_str().unwrap())
        .with("jobs.in_process", "true");
    let app = app.start().await;
    let id = write_down(&app).await;
    ended(&app, id).await;
    let mail = fs::read_to_string(folder.path().join(format!("{id}.eml"))).unwrap();
    assert!(mail.contains("Subject: Choose a new password"), "{mail}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn readiness_tells_of_the_mail_server_and_does_not_depend_on_it() {
    let app = TestApp::with("mail.transport", "smtp")
        .with("mail.host", "localhost")
        .with("mail.port", "1")
        .start()
        .await;
    let answer = app.get("/health/ready").send().await.expect(200);
    let mail = &answer.json()["components"]["mail"];
    assert_eq!(
        (mail["status"].as_str(), mail["required"].as_bool()),
        (Some("down"), Some(false))
    );
}
