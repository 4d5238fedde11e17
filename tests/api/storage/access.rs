//! Who may read and write what.

use serde_json::json;

use super::support::{Files, at};

#[tokio::test]
async fn somebody_else_s_file_does_not_exist() {
    let files = Files::start().await;
    files.put("box/secret", "mine").await.expect(201);
    let eve = files.app.user("eve@example.com").await;
    eve.get(&at("box/secret")).await.expect_problem(404, "NOT_FOUND");
    eve.get("/api/v1/storage/buckets/box/metadata/secret")
        .await
        .expect_problem(404, "NOT_FOUND");
    eve.delete(&at("box/secret"))
        .await
        .expect_problem(404, "NOT_FOUND");
    let list = eve
        .get("/api/v1/storage/buckets/box/files")
        .await
        .expect(200)
        .json();
    assert_eq!(list["data"], json!([]));
    let copy = json!({ "from": "secret", "to": "copy" });
    eve.post("/api/v1/storage/buckets/box/copy")
        .json(copy)
        .await
        .expect_problem(404, "NOT_FOUND");
    eve.put(&at("box/secret"))
        .body("hers")
        .await
        .expect_problem(409, "KEY_TAKEN");
    let put = eve.put(&at("box/secret")).header("if-match", "*").body("hers");
    put.await.expect_problem(412, "PRECONDITION_FAILED");
    files
        .app
        .get(&at("box/secret"))
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    assert_eq!(files.get("box/secret").await.expect(200).text(), "mine");
}

#[tokio::test]
async fn a_closed_bucket_does_not_exist_for_those_without_a_permission() {
    let files = Files::start().await;
    files.bucket("closed", json!({})).await;
    files.admin.put(&at("closed/a")).body("x").await.expect(201);
    files.get("closed/a").await.expect_problem(404, "NOT_FOUND");
    files.put("closed/b", "x").await.expect_problem(404, "NOT_FOUND");
    for path in ["", "/files", "/usage"] {
        let path = format!("/api/v1/storage/buckets/closed{path}");
        files.ada.get(&path).await.expect_problem(404, "NOT_FOUND");
    }
    files.admin.get(&at("closed/a")).await.expect(200);
}

#[tokio::test]
async fn only_a_public_bucket_can_be_read_without_logging_in() {
    let files = Files::start().await;
    files
        .bucket("shop", json!({ "public": true, "open": true }))
        .await;
    files.put("shop/logo/a.txt", "hello").await.expect(201);
    files.put("box/a", "private").await.expect(201);
    let answer = files
        .app
        .get("/api/v1/storage/public/shop/logo/a.txt")
        .await
        .expect(200);
    assert_eq!(
        (answer.text().as_str(), answer.header("cache-control")),
        ("hello", Some("public, no-cache"))
    );
    for path in ["box/a", "shop/no", "nobucket/a", "x/a"] {
        let path = format!("/api/v1/storage/public/{path}");
        files.app.get(&path).await.expect_problem(404, "NOT_FOUND");
    }
    let close = files
        .admin
        .patch("/api/v1/storage/buckets/shop")
        .json(json!({ "public": false }));
    close.await.expect(200);
    let path = "/api/v1/storage/public/shop/logo/a.txt";
    files.app.get(path).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_api_key_reaches_only_what_its_scopes_name() {
    let files = Files::start().await;
    files.admin.put(&at("box/own")).body("x").await.expect(201);
    let key = async |scopes: serde_json::Value| {
        let body = json!({ "name": "k", "scopes": scopes });
        let made = files
            .admin
            .post("/api/v1/auth/api-keys")
            .json(body)
            .await
            .expect(201)
            .json();
        made["key"].as_str().unwrap().to_owned()
    };
    let (bare, reader) = (key(json!([])).await, key(json!(["storage:read_all"])).await);
    let get = |key: &str| files.app.get(&at("box/own")).header("x-api-key", key);
    get(&bare).await.expect_problem(404, "NOT_FOUND");
    get(&reader).await.expect(200);
    let put = files
        .app
        .put(&at("box/new"))
        .header("x-api-key", &reader)
        .body("x");
    put.await.expect_problem(404, "NOT_FOUND");
    let writer = key(json!(["storage:write_all"])).await;
    let put = files
        .app
        .put(&at("box/new"))
        .header("x-api-key", &writer)
        .body("x");
    put.await.expect(201);
}

#[tokio::test]
async fn what_somebody_does_to_the_files_of_others_is_in_the_audit_log() {
    let files = Files::start().await;
    files.put("box/a", "mine").await.expect(201);
    files.admin.put(&at("box/a")).body("changed").await.expect(200);
    let owner = files.get("box/a").await;
    assert_eq!(owner.expect(200).text(), "changed", "it stays its owner's");
    files.admin.delete(&at("box/a")).await.expect(204);
    for kind in ["storage.file_changed", "storage.file_deleted"] {
        let path = format!("/api/v1/audit-events?kind={kind}");
        let found = files.admin.get(&path).await.expect(200).json();
        let event = &found["data"][0];
        assert_eq!(
            (&event["detail"], &event["subject_id"]),
            (&json!("box/a"), &json!(files.ada.id)),
            "{kind}"
        );
    }
}
