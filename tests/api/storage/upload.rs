//! `PUT` and `POST /storage/buckets/{bucket}/files`.

use serde_json::json;

use super::support::{Files, at, digest_header, hex, noise, sha256};

async fn what_was_uploaded_comes_back_octet_by_octet(app: mainstay_testkit::TestApp) {
    let files = Files::on(app).await;
    let octets = noise(3 * 1024 * 1024 + 17);
    let made = files.put("box/a/b.bin", octets.clone()).await.expect(201);
    let sum = hex(&sha256(&octets));
    assert_eq!(made.header("etag"), Some(format!("\"{sum}\"").as_str()));
    assert_eq!(made.header("location"), Some(at("box/a/b.bin").as_str()));
    let body = made.json();
    assert_eq!(
        (&body["size"], &body["sha256"]),
        (&json!(octets.len()), &json!(sum))
    );
    assert_eq!(
        (&body["key"], &body["owner_id"]),
        (&json!("a/b.bin"), &json!(files.ada.id))
    );
    let read = files.get("box/a/b.bin").await.expect(200);
    assert!(read.bytes() == octets, "other octets came back");
    assert_eq!(read.header("etag"), made.header("etag"));
    assert_eq!(files.counted("box").await, (octets.len() as i64, 1));
    let replaced = files.put("box/a/b.bin", b"now text".to_vec()).await.expect(200);
    assert_eq!(
        replaced.json()["id"],
        body["id"],
        "a file that is written anew stays itself"
    );
    assert_eq!(files.get("box/a/b.bin").await.expect(200).text(), "now text");
    assert_eq!(files.counted("box").await, (8, 1));
    files.ada.delete(&at("box/a/b.bin")).await.expect(204);
    files.get("box/a/b.bin").await.expect_problem(404, "NOT_FOUND");
    assert_eq!(files.counted("box").await, (0, 0));
}

on_every_database!(what_was_uploaded_comes_back_octet_by_octet);

#[tokio::test]
async fn an_empty_file_is_a_file_like_others() {
    let files = Files::start().await;
    files.put("box/empty", Vec::new()).await.expect(201);
    let read = files.get("box/empty").await.expect(200);
    assert_eq!(read.header("content-length"), Some("0"));
    assert_eq!(read.header("content-type"), Some("application/octet-stream"));
}

#[tokio::test]
async fn a_wrong_checksum_is_refused_and_nothing_is_kept() {
    let files = Files::start().await;
    let right = digest_header(b"octets");
    for name in ["content-digest", "repr-digest"] {
        let put = files.ada.put(&at("box/a")).header(name, digest_header(b"others"));
        put.body("octets").await.expect_problem(422, "CHECKSUM_MISMATCH");
        files.get("box/a").await.expect_problem(404, "NOT_FOUND");
    }
    let amazon = right.trim_start_matches("sha-256=").trim_matches(':').to_owned();
    let put = files
        .ada
        .put(&at("box/a"))
        .header("x-amz-checksum-sha256", &amazon);
    put.body("others").await.expect_problem(422, "CHECKSUM_MISMATCH");
    let put = files
        .ada
        .put(&at("box/a"))
        .header("content-digest", "sha-256=:no:");
    put.body("octets").await.expect_problem(400, "INVALID_HEADER");
    assert_eq!(files.counted("box").await, (0, 0));
    let put = files.ada.put(&at("box/a")).header("content-digest", &right);
    put.header("x-amz-checksum-sha256", &amazon)
        .body("octets")
        .await
        .expect(201);
    let put = files.ada.put(&at("box/a")).header("content-digest", &right);
    put.body("others").await.expect_problem(422, "CHECKSUM_MISMATCH");
    assert_eq!(files.get("box/a").await.expect(200).text(), "octets");
}

#[tokio::test]
async fn conditions_keep_what_the_client_has_not_seen() {
    let files = Files::start().await;
    let put = |name: &'static str, value: String, body: &'static str| {
        files.ada.put(&at("box/a")).header(name, value).body(body)
    };
    put("if-match", "*".into(), "x")
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    let first = put("if-none-match", "*".into(), "one").await.expect(201);
    put("if-none-match", "*".into(), "two")
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    let tag = first.header("etag").unwrap().to_owned();
    put("if-match", tag.clone(), "two").await.expect(200);
    put("if-match", tag.clone(), "three")
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    put("if-none-match", tag.clone(), "x")
        .await
        .expect_problem(400, "INVALID_HEADER");
    let delete = files.ada.delete(&at("box/a")).header("if-match", &tag);
    delete.await.expect_problem(412, "PRECONDITION_FAILED");
    assert_eq!(files.get("box/a").await.expect(200).text(), "two");
}

#[tokio::test]
async fn a_form_is_streamed_with_its_fields_before_the_file() {
    let files = Files::start().await;
    let path = "/api/v1/storage/buckets/box/files";
    let form = |parts: &str| {
        files
            .ada
            .post(path)
            .header("content-type", "multipart/form-data; boundary=B")
            .body(parts.replace('\n', "\r\n"))
    };
    let full = "--B\nContent-Disposition: form-data; name=\"key\"\n\n2026/ä.csv\n\
                --B\nContent-Disposition: form-data; name=\"metadata\"\n\n{\"quarter\":\"3\"}\n\
                --B\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\n\
                Content-Type: text/csv\n\na,b\n--B--\n";
    let made = form(full).await.expect(201).json();
    assert_eq!(made["key"], "2026/ä.csv");
    assert_eq!(made["metadata"], json!({ "quarter": "3" }));
    assert_eq!(
        (&made["media_type"], &made["size"]),
        (&json!("text/csv"), &json!(3))
    );
    let named = "--B\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\docs\\\\plan.txt\"\n\nhi\n--B--\n";
    assert_eq!(form(named).await.expect(201).json()["key"], "plan.txt");
    let none = "--B\nContent-Disposition: form-data; name=\"key\"\n\na\n--B--\n";
    form(none).await.expect_invalid(&[("file", "REQUIRED")]);
    let unknown = "--B\nContent-Disposition: form-data; name=\"colour\"\n\nred\n--B--\n";
    form(unknown).await.expect_invalid(&[("body", "UNKNOWN_FIELD")]);
    let cut = "--B\nContent-Disposition: form-data; name=\"file\"; filename=\"cut\"\n\nhalf of";
    form(cut).await.expect_problem(400, "BAD_REQUEST");
    files.get("box/cut").await.expect_problem(404, "NOT_FOUND");
    let json = files.ada.post(path).json(json!({}));
    json.await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn limits_hold_with_and_without_an_announced_length() {
    let files = Files::start().await;
    files
        .bucket("small", json!({ "open": true, "max_file_size": 1000 }))
        .await;
    files.put("small/a", noise(1000)).await.expect(201);
    files
        .put("small/b", noise(1001))
        .await
        .expect_problem(413, "FILE_TOO_LARGE");
    files
        .bucket("tight", json!({ "open": true, "quota": 1000 }))
        .await;
    files.put("tight/a", noise(600)).await.expect(201);
    files
        .put("tight/b", noise(600))
        .await
        .expect_problem(413, "QUOTA_EXCEEDED");
    files.put("tight/a", noise(1000)).await.expect(200);
    files
        .put("tight/a", noise(1001))
        .await
        .expect_problem(413, "QUOTA_EXCEEDED");
    assert_eq!(files.counted("tight").await, (1000, 1));
    let mut request = format!(
        "PUT {} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        at("small/c"),
        files.ada.access_token
    );
    for _ in 0..11 {
        request.push_str(&format!("64\r\n{}\r\n", "x".repeat(100)));
    }
    request.push_str("0\r\n\r\n");
    let answer = crate::support::exchange(files.app.addr(), request.as_bytes()).await;
    assert!(answer.contains("FILE_TOO_LARGE"), "{answer}");
    files.get("small/c").await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_compressed_body_is_refused_instead_of_being_kept_as_something_else() {
    let files = Files::start().await;
    let put = files.ada.put(&at("box/a")).header("content-encoding", "gzip");
    put.body("x").await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn the_limit_of_other_bodies_does_not_hold_for_files() {
    let app = mainstay_testkit::TestApp::builder()
        .with("server.body_limit", "1KiB")
        .start()
        .await;
    let files = Files::on(app).await;
    files.put("box/large", noise(5 * 1024 * 1024)).await.expect(201);
}
