//! The jobs that delete many files: broken off, one after the other, and by whom.

use std::time::Duration;

use mainstay_domain::{
    AuditKind, AuditQuery, BlobId, Bucket, File, FileId, FileStatus, MediaType, ObjectKey, Sha256,
};
use mainstay_testkit::TestApp;
use serde_json::{Value, json};

use super::{
    deletions::{DELETIONS, ask, keys, path},
    support::{Files, deleter, work_off},
};
use crate::support::polled;

async fn a_deletion_whose_job_is_broken_off_goes_on_and_counts_every_file_once(app: TestApp) {
    let files = Files::on(app).await;
    for number in 0..300 {
        files.put(&format!("box/{number:03}"), "octets").await.expect(201);
    }
    let deletion = ask(&files.admin, json!({ "all": true })).await;
    let look = async || files.admin.get(&path(&deletion)).await.expect(200).json();
    let runner = deleter(&files.app);
    let mut broken_off = 0;
    // What a dropped future leaves to be rolled back may hide the job for a moment, so it is asked for again.
    for _ in 0..1_000 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let Some(job) = runner.take(1).await.unwrap().pop() else {
            if look().await["status"] == "done" {
                break;
            }
            continue;
        };
        // Each run comes four times as far as the one before.
        match polled(runner.execute(&job), 4 << (2 * broken_off)).await {
            Some(verdict) => {
                runner.record(&job.ticket().unwrap(), &verdict).await.unwrap();
            }
            None => broken_off += 1,
        }
    }
    assert!(broken_off > 0);
    let done = look().await;
    assert_eq!((&done["status"], &done["deleted"]), (&json!("done"), &json!(300)));
    assert_eq!(files.counted("box").await, (0, 0));
    let mut query = AuditQuery {
        kind: Some(AuditKind::FileDeleted),
        ..AuditQuery::default()
    };
    query.page.with_total = true;
    let store = &files.app.context().store;
    let events = store.read().audit_events().list(&query).await.unwrap();
    assert_eq!(events.total, Some(300));
}

on_every_database!(a_deletion_whose_job_is_broken_off_goes_on_and_counts_every_file_once);

async fn a_large_deletion_goes_on_in_job_after_job(app: TestApp) {
    let files = Files::on(app).await;
    // Straight into the database: a thousand uploads would take long.
    let bucket = files.app.context().store.read().buckets();
    let bucket = bucket.list(&Default::default()).await.unwrap().items.remove(0);
    let unit = files.app.context().store.begin().await.unwrap();
    for number in 0..1_030 {
        unit.files()
            .insert(&bare_file(&files, &bucket, number))
            .await
            .unwrap();
    }
    unit.commit().await.unwrap();
    let deletion = ask(&files.ada, json!({ "prefix": "n" })).await;
    assert!(work_off(&files.app).await >= 2);
    let done = files.ada.get(&path(&deletion)).await.expect(200).json();
    assert_eq!(
        (&done["status"], &done["deleted"]),
        (&json!("done"), &json!(1_030))
    );
    assert!(keys(&files.ada).await.is_empty());
}

on_every_database!(a_large_deletion_goes_on_in_job_after_job);

fn bare_file(files: &Files, bucket: &Bucket, number: usize) -> File {
    let context = files.app.context();
    let now = context.clock.now();
    File {
        id: FileId(context.entropy.id(now)),
        bucket_id: bucket.id,
        key: ObjectKey::parse(&format!("n{number:05}")).unwrap(),
        owner: Some(files.ada.id.parse().unwrap()),
        blob: BlobId(context.entropy.id(now)),
        size: 0,
        media_type: MediaType::octet_stream(),
        declared_type: None,
        sha256: Sha256([0; 32]),
        metadata: Default::default(),
        status: FileStatus::Ready,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

#[tokio::test]
async fn an_api_key_deletes_by_its_scopes_and_only_while_it_lives() {
    let files = Files::start().await;
    for key in ["a", "b"] {
        files.put(&format!("box/{key}"), "octets").await.expect(201);
    }
    let make = async |scope: &str| {
        let body = json!({ "name": "k", "scopes": [scope] });
        let made = files.admin.post("/api/v1/auth/api-keys").json(body).await;
        made.expect(201).json()
    };
    let ask_by = async |key: &Value, prefix: &str| {
        let request = files.app.post(DELETIONS).bearer(key["key"].as_str().unwrap());
        request.json(json!({ "prefix": prefix })).send().await
    };
    let (reader, writer) = (make("storage:read_all").await, make("storage:write_all").await);
    ask_by(&reader, "a").await.expect_problem(404, "NOT_FOUND");
    let first = ask_by(&writer, "a").await.expect(202).json();
    work_off(&files.app).await;
    let second = ask_by(&writer, "b").await.expect(202).json();
    let revoke = format!("/api/v1/auth/api-keys/{}", writer["id"].as_str().unwrap());
    files.admin.delete(&revoke).await.expect(204);
    work_off(&files.app).await;
    for (deletion, status, deleted) in [(&first, "done", 1), (&second, "failed", 0)] {
        let now = files.admin.get(&path(deletion)).await.expect(200).json();
        assert_eq!(
            (&now["status"], &now["deleted"]),
            (&json!(status), &json!(deleted))
        );
    }
    assert_eq!(keys(&files.ada).await, ["b"]);
}
