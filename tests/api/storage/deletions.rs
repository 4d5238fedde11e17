//! Deleting many files at once.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use mainstay_domain::{AuditKind, AuditQuery, Job, JobKind, JobQuery, JobStatus};
use mainstay_services::{
    jobs::{JobError, JobHandler},
    storage::{FILE_DELETED_JOB, FileEvent},
};
use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::{Value, json};

use super::support::{Files, at, names, work_off};

pub(super) const DELETIONS: &str = "/api/v1/storage/buckets/box/deletions";

/// Writes down the keys of files that are gone.
struct Listener(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl JobHandler for Listener {
    fn kind(&self) -> JobKind {
        FILE_DELETED_JOB
    }

    async fn run(&self, job: &Job) -> Result<(), JobError> {
        let event: FileEvent =
            serde_json::from_str(&job.payload).map_err(|error| JobError::Dead(error.to_string()))?;
        self.0.lock().unwrap().push(event.key);
        Ok(())
    }
}

/// A server that does jobs.
async fn working() -> Files {
    let app = TestApp::with("jobs.in_process", "true").with("jobs.poll_interval", "50ms");
    let app = app.with("jobs.retry_delay", "20ms");
    Files::on(app.start().await).await
}

pub(super) async fn ask(caller: &LoggedIn, body: Value) -> Value {
    caller.post(DELETIONS).json(body).await.expect(202).json()
}

pub(super) fn path(deletion: &Value) -> String {
    format!("{DELETIONS}/{}", deletion["id"].as_str().unwrap())
}

/// The deletion once it has ended.
async fn ended(caller: &LoggedIn, deletion: &Value) -> Value {
    for _ in 0..600 {
        let now = caller.get(&path(deletion)).await.expect(200).json();
        if !["pending", "running"].contains(&now["status"].as_str().unwrap()) {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the deletion never ended");
}

pub(super) async fn keys(caller: &LoggedIn) -> Vec<String> {
    let list = caller.get("/api/v1/storage/buckets/box/files?limit=100").await;
    names(&list.expect(200).json())
}

#[tokio::test]
async fn a_deletion_takes_every_own_file_under_the_prefix_and_tells_how_many() {
    let files = working().await;
    for key in ["2019/a", "2019/b/c", "2020/a", "2019"] {
        files.put(&format!("box/{key}"), "octets").await.expect(201);
    }
    let answer = files.ada.post(DELETIONS).json(json!({ "prefix": "2019/" })).await;
    let asked = answer.expect(202);
    let deletion = asked.json();
    assert_eq!(asked.header("location"), Some(path(&deletion).as_str()));
    assert_eq!(deletion["bucket"], "box");
    assert_eq!(deletion["prefix"], "2019/");
    assert_eq!(deletion["status"], "pending");
    assert_eq!(deletion["total"], Value::Null);
    let done = ended(&files.ada, &deletion).await;
    assert_eq!((&done["status"], &done["deleted"]), (&json!("done"), &json!(2)));
    assert!(done["finished_at"].is_string());
    assert_eq!(keys(&files.ada).await, ["2019", "2020/a"]);
    assert_eq!(files.counted("box").await, (12, 2));
}

#[tokio::test]
async fn wildcards_of_databases_in_a_prefix_mean_themselves() {
    let files = working().await;
    for key in ["a%25b", "axb", "a_b", "a%25", "%C3%A4b"] {
        files.put(&format!("box/{key}"), "octets").await.expect(201);
    }
    for (prefix, left) in [
        ("a%", vec!["a_b", "axb", "äb"]),
        ("a_", vec!["axb", "äb"]),
        ("ä", vec!["axb"]),
    ] {
        let deletion = ask(&files.ada, json!({ "prefix": prefix })).await;
        ended(&files.ada, &deletion).await;
        assert_eq!(keys(&files.ada).await, left, "{prefix}");
    }
}

#[tokio::test]
async fn a_plain_user_deletes_their_own_files_and_leaves_those_of_others() {
    let files = working().await;
    let eve = files.app.user("eve@example.com").await;
    files.put("box/ada", "octets").await.expect(201);
    eve.put(&at("box/eve")).body("octets").await.expect(201);
    let deletion = ask(&files.ada, json!({ "all": true })).await;
    assert_eq!(deletion["total"], 1);
    assert_eq!(ended(&files.ada, &deletion).await["deleted"], 1);
    assert_eq!(keys(&files.admin).await, ["eve"]);
}

#[tokio::test]
async fn whoever_may_write_everything_deletes_the_files_of_all_and_is_written_down() {
    let files = working().await;
    files.put("box/ada", "octets").await.expect(201);
    files.admin.put(&at("box/own")).body("octets").await.expect(201);
    let deletion = ask(&files.admin, json!({ "all": true })).await;
    assert_eq!(deletion["total"], 2);
    assert_eq!(ended(&files.admin, &deletion).await["deleted"], 2);
    let query = AuditQuery {
        kind: Some(AuditKind::FileDeleted),
        ..AuditQuery::default()
    };
    let store = &files.app.context().store;
    let events = store.read().audit_events().list(&query).await.unwrap().items;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].detail.as_deref(), Some("box/ada"));
    assert_eq!(events[0].subject_id.unwrap().to_string(), files.ada.id);
    assert_eq!(events[0].actor_id.unwrap().to_string(), files.admin.id);
}

#[tokio::test]
async fn every_file_that_goes_is_told_of_once() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let app = TestApp::with("jobs.in_process", "true")
        .with("jobs.poll_interval", "50ms")
        .with("jobs.retry_delay", "20ms")
        .product(move |server| {
            let hears = Arc::clone(&hears);
            server.job_handlers(move |_| vec![Arc::new(Listener(Arc::clone(&hears))) as Arc<dyn JobHandler>])
        });
    let files = Files::on(app.start().await).await;
    for number in 0..60 {
        files.put(&format!("box/{number:03}"), "octets").await.expect(201);
    }
    let deletion = ask(&files.ada, json!({ "prefix": "0" })).await;
    assert_eq!(ended(&files.ada, &deletion).await["deleted"], 60);
    for _ in 0..600 {
        if told.lock().unwrap().len() >= 60 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut heard = told.lock().unwrap().clone();
    heard.sort();
    let expected: Vec<String> = (0..60).map(|number| format!("{number:03}")).collect();
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn a_prefix_must_be_named_unless_everything_is_meant_outright() {
    let files = Files::start().await;
    for body in [
        json!({}),
        json!({ "prefix": "" }),
        json!({ "prefix": "", "all": false }),
        json!({ "prefix": "a", "all": true }),
        json!({ "prefix": "a\u{0}" }),
        json!({ "prefix": "a".repeat(1025) }),
        json!({ "prefix": "a", "force": true }),
        json!({ "prefix": 7 }),
    ] {
        let answer = files.ada.post(DELETIONS).json(body).await;
        answer.expect_problem(422, "VALIDATION_FAILED");
    }
    let none = files.ada.get(DELETIONS).await.expect(200).json();
    assert!(none["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn deletions_in_buckets_that_one_may_not_write_to_do_not_exist() {
    let files = Files::start().await;
    files.bucket("shut", json!({})).await;
    let body = json!({ "prefix": "a" });
    for bucket in ["shut", "no-such"] {
        let path = format!("/api/v1/storage/buckets/{bucket}/deletions");
        let answer = files.ada.post(&path).json(body.clone()).await;
        answer.expect_problem(404, "NOT_FOUND");
        files.ada.get(&path).await.expect_problem(404, "NOT_FOUND");
    }
    let in_shut = "/api/v1/storage/buckets/shut/deletions";
    files.admin.post(in_shut).json(body).await.expect(202);
}

#[tokio::test]
async fn the_deletion_of_somebody_else_does_not_exist() {
    let files = Files::start().await;
    let eve = files.app.user("eve@example.com").await;
    let deletion = ask(&files.ada, json!({ "prefix": "a" })).await;
    for other in [&eve, &files.admin] {
        other.get(&path(&deletion)).await.expect_problem(404, "NOT_FOUND");
        other
            .delete(&path(&deletion))
            .await
            .expect_problem(404, "NOT_FOUND");
        let list = other.get(DELETIONS).await.expect(200).json();
        assert!(list["data"].as_array().unwrap().is_empty());
    }
    files.bucket("other", json!({ "open": true })).await;
    let elsewhere = path(&deletion).replace("/box/", "/other/");
    files.ada.get(&elsewhere).await.expect_problem(404, "NOT_FOUND");
    files.ada.get(&path(&deletion)).await.expect(200);
}

#[tokio::test]
async fn a_deletion_that_is_called_off_deletes_nothing_and_is_called_off_once() {
    let files = Files::start().await;
    files.put("box/a", "octets").await.expect(201);
    let deletion = ask(&files.ada, json!({ "prefix": "a" })).await;
    files.ada.delete(&path(&deletion)).await.expect(204);
    let again = files.ada.delete(&path(&deletion)).await;
    again.expect_problem(409, "DELETION_ENDED");
    let now = files.ada.get(&path(&deletion)).await.expect(200).json();
    assert_eq!(now["status"], "cancelled");
    assert!(now["finished_at"].is_string());
    assert_eq!(keys(&files.ada).await, ["a"]);
}

#[tokio::test]
async fn the_eleventh_deletion_at_once_is_refused_and_pages_show_the_others() {
    let files = Files::start().await;
    for _ in 0..10 {
        ask(&files.ada, json!({ "prefix": "a" })).await;
    }
    let refused = files.ada.post(DELETIONS).json(json!({ "prefix": "a" })).await;
    refused.expect_problem(409, "DELETION_LIMIT");
    let first = files
        .ada
        .get(&format!("{DELETIONS}?limit=6"))
        .await
        .expect(200)
        .json();
    assert_eq!(first["data"].as_array().unwrap().len(), 6);
    // The refused one left no job either.
    let query = JobQuery {
        status: Some(JobStatus::Queued),
        kind: Some(JobKind::parse("file.deletion").unwrap()),
        page: Default::default(),
    };
    let jobs = files.app.context().store.read().jobs().list(&query).await;
    assert_eq!(jobs.unwrap().items.len(), 10);
}

#[tokio::test]
async fn files_written_under_the_prefix_while_it_is_deleted_stay() {
    let files = working().await;
    for number in 0..120 {
        files
            .put(&format!("box/old-{number:03}"), "octets")
            .await
            .expect(201);
    }
    let deletion = ask(&files.ada, json!({ "all": true })).await;
    for number in 0..20 {
        let key = format!("box/new-{number:03}");
        files.put(&key, "octets").await.expect(201);
        // Written anew: whichever came first, a file is there afterwards.
        files.put(&format!("box/old-{:03}", 119 - number), "anew!!").await;
    }
    let done = ended(&files.ada, &deletion).await;
    assert_eq!(done["status"], "done");
    let left = keys(&files.ada).await;
    let expected = |name: &str| left.iter().filter(|key| key.starts_with(name)).count();
    assert_eq!((expected("new-"), expected("old-")), (20, 20), "{left:?}");
    assert_eq!(files.counted("box").await, (240, 40));
}

#[tokio::test]
async fn whoever_lost_the_right_meanwhile_is_not_obeyed() {
    let files = Files::start().await;
    files.put("box/a", "octets").await.expect(201);
    let deletion = ask(&files.ada, json!({ "prefix": "a" })).await;
    let rules = "/api/v1/storage/buckets/box";
    let open = async |open: bool| {
        let rules = files.admin.patch(rules).json(json!({ "open": open }));
        rules.await.expect(200);
    };
    open(false).await;
    files
        .ada
        .get(&path(&deletion))
        .await
        .expect_problem(404, "NOT_FOUND");
    work_off(&files.app).await;
    open(true).await;
    let now = files.ada.get(&path(&deletion)).await.expect(200).json();
    assert_eq!((&now["status"], &now["deleted"]), (&json!("failed"), &json!(0)));
    assert_eq!(keys(&files.ada).await, ["a"]);
}
