//! Several workers, and workers that die.

use std::collections::BTreeSet;

use mainstay_domain::{JobClaim, JobLease, JobStatus};
use mainstay_services::mail::MAIL_JOB;
use mainstay_testkit::{TestApp, TestDatabase};

use super::written::{ended, jobs, write_down, write_down_as};
use crate::support::SmtpServer;

#[tokio::test]
async fn a_mail_that_a_dead_worker_had_taken_is_sent_by_another() {
    let Some(server) = SmtpServer::start(&["accept"]) else {
        return;
    };
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let first = TestApp::with("database.url", database.url()).start().await;
    let id = write_down(&first).await;
    let context = first.context();
    let now = context.clock.now();
    let claim = JobClaim {
        kinds: vec![MAIL_JOB],
        now,
        lease: JobLease {
            id: context.entropy.id(now),
            until: now + std::time::Duration::from_secs(1),
        },
        limit: 1,
    };
    let taken = context.store.read().jobs().take(&claim).await.unwrap();
    assert_eq!(taken.len(), 1);
    drop(first);

    let second = server.client("none").with("database.url", database.url());
    let second = second.start().await;
    let job = ended(&second, id).await;
    // Its death is no try: nobody knows whether it had begun.
    assert_eq!((job.status, job.attempts), (JobStatus::Done, 1));
    assert_eq!(server.accepted(1).len(), 1);
}

/// Thirty mails, two servers on one database: each mail is sent by one of them.
async fn two_servers_share_the_mails(kind: TestDatabase) {
    let Some(server) = SmtpServer::start(&["accept"]) else {
        return;
    };
    let Some(database) = kind.create().await else {
        return;
    };
    let both = [server.client("none"), server.client("none")];
    let [first, second] = both.map(|client| client.with("database.url", database.url()));
    let (first, second) = (first.start().await, second.start().await);
    for index in 0..30 {
        write_down_as(if index % 2 == 0 { &first } else { &second }, None).await;
    }
    for job in jobs(&first).await {
        assert_eq!(ended(&first, job.id).await.status, JobStatus::Done);
    }
    let mails = server.accepted(30);
    let ids: BTreeSet<&str> = mails
        .iter()
        .flat_map(|mail| mail["data"].as_str().unwrap().lines())
        .filter(|line| line.starts_with("Message-ID: "))
        .collect();
    assert_eq!((mails.len(), ids.len()), (30, 30));
}

#[tokio::test]
async fn two_servers_send_every_mail_once_on_sqlite() {
    two_servers_share_the_mails(TestDatabase::Sqlite).await;
}

#[tokio::test]
async fn two_servers_send_every_mail_once_on_postgres() {
    two_servers_share_the_mails(TestDatabase::Postgres).await;
}

#[tokio::test]
async fn two_servers_send_every_mail_once_on_mysql() {
    two_servers_share_the_mails(TestDatabase::MySql).await;
}
