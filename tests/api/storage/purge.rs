//! Files in the export of a person, and when their account goes.

use std::time::Duration;

use mainstay_testkit::TestApp;
use serde_json::json;

use super::support::{Files, at};

#[tokio::test]
async fn the_export_of_a_person_tells_of_their_files() {
    let files = Files::start().await;
    files.put("box/a", "hello").await.expect(201);
    let export = files.ada.get("/api/v1/users/me/export").await.expect(200).json();
    let section = export["sections"]["files"].as_array().unwrap();
    assert_eq!((section.len(), section[0]["key"].as_str()), (1, Some("a")));
}

#[tokio::test]
async fn the_export_of_a_person_tells_of_their_uploads_and_deletions() {
    let files = Files::start().await;
    let upload = files
        .ada
        .post("/api/v1/storage/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "10")
        .header("upload-metadata", "bucket Ym94,key dHVz");
    upload.await.expect(201);
    let deletions = "/api/v1/storage/buckets/box/deletions";
    let deletion = files.ada.post(deletions).json(json!({ "prefix": "old/" }));
    deletion.await.expect(202);
    let export = files.ada.get("/api/v1/users/me/export").await.expect(200).json();
    assert_eq!(export["sections"]["uploads"][0]["key"], "tus");
    assert_eq!(export["sections"]["file_deletions"][0]["prefix"], "old/");
    let others = files
        .admin
        .get("/api/v1/users/me/export")
        .await
        .expect(200)
        .json();
    for section in ["uploads", "file_deletions"] {
        assert_eq!(others["sections"][section], json!([]));
    }
}

async fn the_files_of_an_account_go_with_it_and_their_octets_too(app: TestApp) {
    let files = Files::on(app).await;
    files.put("box/a", "hello").await.expect(201);
    files.admin.put(&at("box/other")).body("stays").await.expect(201);
    files.ada.delete("/api/v1/users/me").await.expect(204);
    let context = files.app.context();
    let later = context.clock.now() + Duration::from_secs(31 * 86_400);
    assert_eq!(context.privacy.purge(later).await.unwrap(), 1);
    files
        .admin
        .get(&at("box/a"))
        .await
        .expect_problem(404, "NOT_FOUND");
    assert_eq!(files.counted("box").await, (5, 1));
    assert_eq!(
        files.admin.get(&at("box/other")).await.expect(200).text(),
        "stays"
    );
    let dead = mainstay_domain::BlobStatus::Dead;
    let dead = context.store.read().blobs().list(dead, later, 10).await.unwrap();
    assert_eq!(dead.len(), 1, "its octets wait for the sweep");
}

on_every_database!(the_files_of_an_account_go_with_it_and_their_octets_too);
