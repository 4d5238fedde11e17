//! Files whose octets are gone, and octets whose files are gone.

use mainstay_domain::{AuditKind, AuditQuery, BlobStatus, BucketName, File, ObjectKey};
use mainstay_services::storage::SweepOptions;

use super::support::Files;

fn bucket() -> BucketName {
    BucketName::parse("box").unwrap()
}

async fn file(files: &Files, key: &str) -> File {
    let store = files.app.context().store.read();
    let bucket = store.buckets().find(&bucket()).await.unwrap().unwrap();
    let key = ObjectKey::parse(key).unwrap();
    store.files().find(bucket.id, &key).await.unwrap().unwrap()
}

/// Takes the octets of a file away behind everybody's back; gives back where they lay.
async fn lose(files: &Files, key: &str) -> ObjectKey {
    let object = ObjectKey::parse(&file(files, key).await.blob.to_string()).unwrap();
    let objects = &files.app.context().objects;
    objects.delete(&bucket(), &object).await.unwrap();
    object
}

const REMOVE: SweepOptions = SweepOptions {
    dry_run: false,
    remove_lost: true,
};

#[tokio::test]
async fn a_file_whose_octets_are_missing_says_so_and_is_there_again_with_them() {
    let files = Files::start().await;
    files.put("box/a", "octets").await.expect(201);
    let object = lose(&files, "a").await;
    let answer = files.get("box/a").await;
    answer.expect_problem(503, "FILE_OCTETS_MISSING");
    let objects = &files.app.context().objects;
    let mut writer = objects.write(&bucket(), &object).await.unwrap();
    writer.write(b"octets".to_vec().into()).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!(files.get("box/a").await.expect(200).text(), "octets");
}

#[tokio::test]
async fn a_sweep_names_lost_files_and_removes_them_only_if_told_to() {
    let files = Files::start().await;
    for key in ["a", "b", "c"] {
        files.put(&format!("box/{key}"), "octets").await.expect(201);
    }
    lose(&files, "b").await;
    let storage = &files.app.services().storage;
    for options in [
        SweepOptions::default(),
        SweepOptions {
            dry_run: true,
            remove_lost: true,
        },
    ] {
        let report = storage.sweep_all(options).await.unwrap();
        assert_eq!((report.files, report.lost, report.lost_removed), (3, 1, 0));
        assert_eq!(report.lost_files[0].file.key.as_str(), "b");
        assert!(!report.is_whole());
        files.get("box/b").await.expect(503);
    }
    let report = storage.sweep_all(REMOVE).await.unwrap();
    assert_eq!((report.lost, report.lost_removed), (1, 1));
    assert!(report.is_whole());
    files.get("box/b").await.expect_problem(404, "NOT_FOUND");
    assert_eq!(files.counted("box").await, (12, 2));
    let query = AuditQuery {
        kind: Some(AuditKind::FileDeleted),
        ..AuditQuery::default()
    };
    let store = files.app.context().store.read();
    let events = store.audit_events().list(&query).await.unwrap().items;
    assert_eq!(events[0].detail.as_deref(), Some("octets lost: box/b"));
    assert_eq!(events[0].actor_id, None);
    let again = storage.sweep_all(SweepOptions::default()).await.unwrap();
    assert_eq!((again.files, again.lost), (2, 0));
}

#[tokio::test]
async fn no_file_is_removed_where_the_store_has_none_at_all() {
    let files = Files::start().await;
    for key in ["a", "b"] {
        files.put(&format!("box/{key}"), "octets").await.expect(201);
        lose(&files, key).await;
    }
    let report = files.app.services().storage.sweep_all(REMOVE).await.unwrap();
    assert_eq!((report.lost, report.lost_removed), (2, 0));
    assert_eq!(files.counted("box").await, (12, 2));
}

#[tokio::test]
async fn parts_of_an_upload_under_way_are_no_strays() {
    let files = Files::start().await;
    let begun = files
        .ada
        .post("/api/v1/storage/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "10")
        .header("upload-metadata", "bucket Ym94,key dHVz")
        .header("content-type", "application/offset+octet-stream")
        .body("half!")
        .await
        .expect(201);
    assert_eq!(begun.header("upload-offset"), Some("5"));
    let report = files.app.services().storage.sweep_all(REMOVE).await.unwrap();
    assert_eq!((report.objects, report.strays), (1, 0));
    let blobs = files.app.context().store.read().blobs();
    let now = files.app.context().clock.now();
    assert_eq!(blobs.count(BlobStatus::Writing, now).await.unwrap(), 1);
}
