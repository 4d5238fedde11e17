//! Files that wait for a scan, and what a product is told of files.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use mainstay_domain::{AuditKind, AuditQuery, Job, JobKind};
use mainstay_services::{
    jobs::{JobError, JobHandler},
    storage::{FILE_CREATED_JOB, FILE_DELETED_JOB, FileEvent},
};
use mainstay_testkit::TestApp;

use super::support::{Files, at};
use crate::support::Clamd;

/// Writes down what it is told.
struct Listener(JobKind, Arc<Mutex<Vec<String>>>);

#[async_trait]
impl JobHandler for Listener {
    fn kind(&self) -> JobKind {
        self.0.clone()
    }

    async fn run(&self, job: &Job) -> Result<(), JobError> {
        let event: FileEvent =
            serde_json::from_str(&job.payload).map_err(|error| JobError::Dead(error.to_string()))?;
        let line = format!("{} {}/{} {}", job.kind, event.bucket, event.key, event.size);
        self.1.lock().unwrap().push(line);
        Ok(())
    }
}

/// A server whose product wants to know of files.
async fn listening(clamd: Option<&Clamd>) -> (Files, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let app = TestApp::with("jobs.in_process", "true").with("jobs.poll_interval", "50ms");
    let mut app = app.product(move |server| {
        let hears = Arc::clone(&hears);
        server.job_handlers(move |_| {
            let listener = |kind| Arc::new(Listener(kind, Arc::clone(&hears))) as Arc<dyn JobHandler>;
            vec![listener(FILE_CREATED_JOB), listener(FILE_DELETED_JOB)]
        })
    });
    if let Some(clamd) = clamd {
        app = app.with("scan.clamd", &clamd.address);
    }
    (Files::on(app.start().await).await, told)
}

async fn eventually(what: &str, mut reached: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if reached().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} never came");
}

async fn status(files: &Files, path: &str) -> String {
    let path = at(path).replace("/files/", "/metadata/");
    let body = files.ada.get(&path).await.expect(200).json();
    body["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_stays_shut_until_the_scan_has_found_nothing() {
    let clamd = Clamd::start().await;
    let (files, told) = listening(Some(&clamd)).await;
    let made = files
        .put("box/report.txt", "all is well")
        .await
        .expect(201)
        .json();
    assert_eq!(made["status"], "unscanned");
    let shut = files.get("box/report.txt").await;
    shut.expect_problem(409, "FILE_QUARANTINED");
    assert!(told.lock().unwrap().is_empty());
    clamd.judge(1);
    eventually("the verdict", async || {
        status(&files, "box/report.txt").await == "ready"
    })
    .await;
    assert_eq!(
        files.get("box/report.txt").await.expect(200).text(),
        "all is well"
    );
    eventually("the news", async || !told.lock().unwrap().is_empty()).await;
    assert_eq!(*told.lock().unwrap(), ["file.created box/report.txt 11"]);
}

#[tokio::test]
async fn an_infected_file_stays_shut_and_is_written_down() {
    let clamd = Clamd::start().await;
    let (files, told) = listening(Some(&clamd)).await;
    clamd.judge(10);
    files.put("box/report.txt", "an EICAR file").await.expect(201);
    eventually("the verdict", async || {
        status(&files, "box/report.txt").await == "infected"
    })
    .await;
    let shut = files.get("box/report.txt").await;
    shut.expect_problem(409, "FILE_QUARANTINED");
    let query = AuditQuery {
        kind: Some(AuditKind::FileInfected),
        ..AuditQuery::default()
    };
    let events = files
        .app
        .context()
        .store
        .read()
        .audit_events()
        .list(&query)
        .await
        .unwrap();
    let detail = events.items[0].detail.as_deref();
    assert_eq!(
        (events.items.len(), detail),
        (1, Some("Eicar-Signature: box/report.txt"))
    );
    // Other octets are another matter.
    files.put("box/report.txt", "all is well").await.expect(200);
    eventually("the verdict", async || {
        status(&files, "box/report.txt").await == "ready"
    })
    .await;
    eventually("the news", async || !told.lock().unwrap().is_empty()).await;
    assert_eq!(*told.lock().unwrap(), ["file.created box/report.txt 11"]);
}

#[tokio::test]
async fn octets_written_over_others_are_not_opened_by_their_verdict() {
    let clamd = Clamd::start().await;
    let (files, _) = listening(Some(&clamd)).await;
    files.put("box/a", "harmless").await.expect(201);
    files.put("box/a", "an EICAR file").await.expect(200);
    clamd.judge(2);
    eventually("the verdict", async || {
        status(&files, "box/a").await == "infected"
    })
    .await;
    files.get("box/a").await.expect_problem(409, "FILE_QUARANTINED");
}

#[tokio::test]
async fn a_product_is_told_of_files_that_come_and_go() {
    let (files, told) = listening(None).await;
    files.put("box/a", "one").await.expect(201);
    files.put("box/a", "three").await.expect(200);
    files.ada.delete(&at("box/a")).await.expect(204);
    eventually("the news", async || told.lock().unwrap().len() == 3).await;
    let mut lines = told.lock().unwrap().clone();
    lines.sort();
    assert_eq!(
        lines,
        [
            "file.created box/a 3",
            "file.created box/a 5",
            "file.deleted box/a 5"
        ]
    );
}
