//! `/storage/buckets`.

use serde_json::json;

use super::support::{Files, at};

const BUCKETS: &str = "/api/v1/storage/buckets";

#[tokio::test]
async fn a_bucket_is_made_read_changed_and_deleted() {
    let files = Files::start().await;
    let rules = json!({ "max_file_size": 10, "quota": 100, "allowed_types": ["image/*"] });
    let made = files.bucket("reports", rules).await;
    assert_eq!(made.header("location"), Some("/api/v1/storage/buckets/reports"));
    let body = made.json();
    assert_eq!(
        (&body["public"], &body["open"], &body["used"]),
        (&json!(false), &json!(false), &json!(0))
    );
    let path = format!("{BUCKETS}/reports");
    let read = files.admin.get(&path).await.expect(200);
    assert_eq!(read.json(), body);
    let tag = read.header("etag").unwrap().to_owned();
    let change = |tag: &str, body| files.admin.patch(&path).header("if-match", tag).json(body);
    let changed = change(&tag, json!({ "quota": null, "public": true }))
        .await
        .expect(200);
    assert_eq!(changed.json()["quota"], json!(null));
    assert_eq!(changed.json()["max_file_size"], json!(10));
    change(&tag, json!({ "public": false }))
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    let delete = files.admin.delete(&path).header("if-match", &tag);
    delete.await.expect_problem(412, "PRECONDITION_FAILED");
    files.admin.delete(&path).await.expect(204);
    files.admin.get(&path).await.expect_problem(404, "NOT_FOUND");
    for kind in [
        "storage.bucket_created",
        "storage.bucket_updated",
        "storage.bucket_deleted",
    ] {
        let path = format!("/api/v1/audit-events?kind={kind}");
        let found = files.admin.get(&path).await.expect(200).json();
        assert_eq!(found["data"][0]["detail"], "reports", "{kind}");
    }
}

#[tokio::test]
async fn refused_rules_are_named_all_at_once() {
    let files = Files::start().await;
    let post = |body| files.admin.post(BUCKETS).json(body);
    let wrong = post(json!({ "name": "No Good", "allowed_types": ["png"] })).await;
    wrong.expect_invalid(&[
        ("name", "INVALID_BUCKET_NAME"),
        ("allowed_types", "INVALID_MEDIA_TYPE"),
    ]);
    let range = post(json!({ "name": "good", "max_file_size": 0 })).await;
    range.expect_invalid(&[("max_file_size", "OUT_OF_RANGE")]);
    post(json!({ "name": "box" }))
        .await
        .expect_problem(409, "BUCKET_TAKEN");
    let quota = files
        .admin
        .patch(&format!("{BUCKETS}/box"))
        .json(json!({ "quota": -1 }));
    quota.await.expect_invalid(&[("quota", "OUT_OF_RANGE")]);
}

#[tokio::test]
async fn a_bucket_with_files_in_it_is_not_deleted() {
    let files = Files::start().await;
    files.put("box/a", "x").await.expect(201);
    let path = format!("{BUCKETS}/box");
    files
        .admin
        .delete(&path)
        .await
        .expect_problem(409, "BUCKET_NOT_EMPTY");
    files.ada.delete(&at("box/a")).await.expect(204);
    files.admin.delete(&path).await.expect(204);
    files.bucket("box", json!({ "open": true })).await;
    files.put("box/a", "y").await.expect(201);
}

#[tokio::test]
async fn how_full_a_bucket_is_is_told_to_those_who_may_know() {
    let files = Files::start().await;
    files.put("box/a", "12345").await.expect(201);
    files.admin.put(&at("box/b")).body("123").await.expect(201);
    let path = format!("{BUCKETS}/box/usage");
    let own = files.ada.get(&path).await.expect(200).json();
    assert_eq!(own, json!({ "own": { "size": 5, "files": 1 } }));
    let all = files.admin.get(&path).await.expect(200).json();
    assert_eq!(
        all,
        json!({ "own": { "size": 3, "files": 1 }, "all": { "size": 8, "files": 2 } })
    );
    let mine = files.ada.get("/api/v1/storage/usage").await.expect(200).json();
    assert_eq!(mine, json!({ "size": 5, "files": 1 }));
    let seen = files.ada.get(&format!("{BUCKETS}/box")).await.expect(200).json();
    assert!(
        seen.get("used").is_none() && seen.get("files").is_none(),
        "{seen}"
    );
}
