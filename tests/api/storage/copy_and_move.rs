//! `POST /storage/buckets/{bucket}/copy` and `move`, and metadata.

use serde_json::{Value, json};

use super::support::{Files, at};

impl Files {
    async fn post(&self, verb: &str, body: Value) -> mainstay_testkit::TestResponse {
        let path = format!("/api/v1/storage/buckets/box/{verb}");
        self.ada.post(&path).json(body).await
    }
}

#[tokio::test]
async fn a_copy_is_a_file_of_its_own() {
    let files = Files::start().await;
    files.bucket("other", json!({ "open": true })).await;
    files.put("box/a", "hello").await.expect(201);
    files.put("box/taken", "there").await.expect(201);
    let made = files
        .post("copy", json!({ "from": "a", "to": "b/c" }))
        .await
        .expect(201);
    assert_eq!(made.header("location"), Some(at("box/b/c").as_str()));
    let body = json!({ "from": "a", "to": "x", "to_bucket": "other" });
    files.post("copy", body).await.expect(201);
    let onto = json!({ "from": "a", "to": "taken" });
    files
        .post("copy", onto.clone())
        .await
        .expect_problem(409, "FILE_EXISTS");
    let over = json!({ "from": "a", "to": "taken", "overwrite": true });
    files.post("copy", over).await.expect(200);
    files.ada.delete(&at("box/a")).await.expect(204);
    for path in ["box/b/c", "other/x", "box/taken"] {
        assert_eq!(files.get(path).await.expect(200).text(), "hello", "{path}");
    }
    assert_eq!(files.counted("box").await, (10, 2));
    assert_eq!(files.counted("other").await, (5, 1));
}

async fn a_file_that_is_moved_keeps_its_id_and_is_counted_where_it_is(app: mainstay_testkit::TestApp) {
    let files = Files::on(app).await;
    files.bucket("other", json!({ "open": true, "quota": 7 })).await;
    let id = files.put("box/a", "hello").await.expect(201).json()["id"].clone();
    files.put("box/taken", "there").await.expect(201);
    let moved = files
        .post("move", json!({ "from": "a", "to": "b" }))
        .await
        .expect(200);
    assert_eq!((&moved.json()["id"], &moved.json()["key"]), (&id, &json!("b")));
    files.get("box/a").await.expect_problem(404, "NOT_FOUND");
    let onto = json!({ "from": "b", "to": "taken" });
    files.post("move", onto).await.expect_problem(409, "FILE_EXISTS");
    let over = json!({ "from": "b", "to": "taken", "overwrite": true });
    assert_eq!(files.post("move", over).await.expect(200).json()["id"], id);
    assert_eq!(files.counted("box").await, (5, 1));
    let away = json!({ "from": "taken", "to": "z", "to_bucket": "other" });
    files.post("move", away).await.expect(200);
    assert_eq!(files.get("other/z").await.expect(200).text(), "hello");
    assert_eq!(
        (files.counted("box").await, files.counted("other").await),
        ((0, 0), (5, 1))
    );
    files.put("box/more", "12345").await.expect(201);
    let full = json!({ "from": "more", "to": "y", "to_bucket": "other" });
    files
        .post("move", full)
        .await
        .expect_problem(413, "QUOTA_EXCEEDED");
    assert_eq!(files.get("box/more").await.expect(200).text(), "12345");
}

on_every_database!(a_file_that_is_moved_keeps_its_id_and_is_counted_where_it_is);

#[tokio::test]
async fn what_is_said_about_a_file_is_changed_by_version() {
    let files = Files::start().await;
    files.put("box/a", "x").await.expect(201);
    let path = "/api/v1/storage/buckets/box/metadata/a";
    let read = files.ada.get(path).await.expect(200);
    let tag = read.header("etag").unwrap().to_owned();
    let change = |tag: &str, metadata: Value| {
        let body = json!({ "metadata": metadata });
        files.ada.patch(path).header("if-match", tag).json(body)
    };
    let changed = change(&tag, json!({ "title": "Käse" })).await.expect(200);
    assert_eq!(changed.json()["metadata"], json!({ "title": "Käse" }));
    change(&tag, json!({}))
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    let wrong = files.ada.patch(path).json(json!({ "metadata": { "a b": "x" } }));
    wrong.await.expect_invalid(&[("metadata", "INVALID_METADATA")]);
    files.put("box/a", "y").await.expect(200);
    let kept = files.ada.get(path).await.expect(200).json();
    assert_eq!(
        kept["metadata"],
        json!({ "title": "Käse" }),
        "a new version keeps what is said"
    );
}
