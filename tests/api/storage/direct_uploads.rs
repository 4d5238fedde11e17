//! `/storage/buckets/{bucket}/direct-uploads`: files that go to the object store by themselves.

use mainstay_testkit::{LoggedIn, TestApp, TestDatabase, TestRequest, TestResponse};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::support::{Files, at, hex, noise, on_s3, sha256, with_s3};
use crate::support::{S3Server, race};

const PLACE: &str = "/api/v1/storage/buckets/box/direct-uploads";

async fn start() -> (S3Server, Files) {
    let s3 = S3Server::start().await;
    let files = Files::on(on_s3(&s3).start().await).await;
    (s3, files)
}

/// An upload that may begin.
struct Begun {
    place: String,
    offer: Value,
}

impl Begun {
    async fn with(caller: &LoggedIn, body: Value) -> Self {
        let made = caller.post(PLACE).json(body).await.expect(201);
        let place = made.location().to_owned();
        assert_eq!(made.header("cache-control"), Some("no-store"));
        let offer = made.json();
        assert_eq!(place, format!("{PLACE}/{}", offer["id"].as_str().unwrap()));
        Self { place, offer }
    }

    async fn of(caller: &LoggedIn, key: &str, size: usize) -> Self {
        Self::with(caller, json!({ "key": key, "size": size })).await
    }

    /// What a client does that knows nothing but the answer.
    async fn send(&self, octets: impl Into<Vec<u8>>) -> StatusCode {
        assert_eq!(self.offer["method"], "PUT");
        let mut put = Client::new().put(self.offer["url"].as_str().unwrap());
        for (name, value) in self.offer["headers"].as_object().unwrap() {
            put = put.header(name, value.as_str().unwrap());
        }
        put.body(octets.into()).send().await.unwrap().status()
    }

    fn complete(&self, caller: &LoggedIn) -> TestRequest {
        caller.post(&format!("{}/complete", self.place)).json(json!({}))
    }

    /// Sends the octets and completes.
    async fn all(&self, caller: &LoggedIn, octets: &[u8]) -> TestResponse {
        assert_eq!(self.send(octets).await, 200);
        self.complete(caller).await
    }
}

#[tokio::test]
async fn what_a_client_sends_to_the_object_store_becomes_a_file_like_any_other() {
    let (s3, files) = start().await;
    let octets = [b"%PDF-1.7 ".as_slice(), &noise(300_000)].concat();
    let body = json!({
        "key": "2026/käse q3", "size": octets.len(), "content_type": "image/png",
        "sha256": hex(&sha256(&octets)), "metadata": { "quarter": "3" }, "if_none_match": "*",
    });
    let begun = Begun::with(&files.ada, body).await;
    assert_eq!(begun.offer["headers"], json!({ "Content-Type": "image/png" }));
    assert_eq!(begun.send(octets.clone()).await, 200);
    files
        .get("box/2026/käse q3")
        .await
        .expect_problem(404, "NOT_FOUND");
    assert_eq!(files.counted("box").await, (0, 0));
    let made = begun.complete(&files.ada).await.expect(201);
    assert_eq!(made.etag(), format!("\"{}\"", hex(&sha256(&octets))));
    let file = made.json();
    assert_eq!(
        (&file["media_type"], &file["declared_type"], &file["metadata"]),
        (
            &json!("application/pdf"),
            &json!("image/png"),
            &json!({ "quarter": "3" })
        )
    );
    assert_eq!(file["owner_id"], json!(files.ada.id));
    let read = files.ada.get(made.location()).await.expect(200);
    assert!(read.bytes() == octets);
    let size = i64::try_from(octets.len()).unwrap();
    assert_eq!(files.counted("box").await, (size, 1));
    assert_eq!(s3.objects(), 1);
}

#[tokio::test]
async fn what_is_put_to_the_url_again_after_completion_changes_nothing() {
    let (_s3, files) = start().await;
    let begun = Begun::of(&files.ada, "a", 5).await;
    begun.all(&files.ada, b"first").await.expect(201);
    assert_eq!(begun.send("other").await, 200);
    assert_eq!(files.get("box/a").await.expect(200).text(), "first");
    begun
        .complete(&files.ada)
        .await
        .expect_problem(409, "UPLOAD_COMPLETED");
    files.ada.delete(&begun.place).await.expect(204);
    assert_eq!(files.get("box/a").await.expect(200).text(), "first");
    begun.complete(&files.ada).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_is_not_as_announced_is_removed_and_may_be_sent_again() {
    let (s3, files) = start().await;
    let body = json!({ "key": "a", "size": 5, "sha256": hex(&sha256(b"hello")) });
    let begun = Begun::with(&files.ada, body).await;
    begun
        .complete(&files.ada)
        .await
        .expect_problem(409, "NOTHING_ARRIVED");
    for (sent, status, code) in [
        ("hell", 422, "SIZE_MISMATCH"),
        ("hello, you all", 422, "SIZE_MISMATCH"),
        ("holla", 422, "CHECKSUM_MISMATCH"),
    ] {
        let refused = begun.all(&files.ada, sent.as_bytes()).await;
        refused.expect_problem(status, code);
        begun
            .complete(&files.ada)
            .await
            .expect_problem(409, "NOTHING_ARRIVED");
    }
    assert_eq!(begun.send("hello").await, 200);
    let other = json!({ "sha256": hex(&sha256(b"another")) });
    let complete = files.ada.post(&format!("{}/complete", begun.place)).json(other);
    complete.await.expect_problem(422, "CHECKSUM_MISMATCH");
    assert_eq!(files.counted("box").await, (0, 0));
    begun.all(&files.ada, b"hello").await.expect(201);
    // Besides the file, only copies that the sweep removes.
    assert!(s3.objects() <= 3, "{}", s3.objects());
}

#[tokio::test]
async fn limits_types_and_quota_of_the_bucket_hold_for_what_arrived() {
    let (_s3, files) = start().await;
    let rules = json!({ "open": true, "max_file_size": 10, "quota": 20, "allowed_types": ["text/plain"] });
    files.bucket("small", rules).await;
    let place = "/api/v1/storage/buckets/small/direct-uploads";
    let begin = async |key: &str, size: u64| {
        let body = json!({ "key": key, "size": size });
        files.ada.post(place).json(body).await
    };
    begin("a", 11).await.expect_problem(413, "FILE_TOO_LARGE");
    begin("a", (5 << 30) + 1)
        .await
        .expect_problem(413, "FILE_TOO_LARGE");
    let begun = async |key: &str, size: u64| {
        let made = begin(key, size).await.expect(201);
        let (place, offer) = (made.location().to_owned(), made.json());
        Begun { place, offer }
    };
    let image = begun("image", 8).await;
    let refused = image.all(&files.ada, b"\x89PNG\r\n\x1a\n").await;
    refused.expect_problem(415, "MEDIA_TYPE_NOT_ALLOWED");
    let begun = begun("late", 8).await;
    // Both are under way: no more than twenty octets may be.
    begin("third", 8).await.expect_problem(413, "QUOTA_EXCEEDED");
    for key in ["small/first", "small/second"] {
        files.put(key, *b"12345678").await.expect(201);
    }
    let refused = begun.all(&files.ada, b"12345678").await;
    refused.expect_problem(413, "QUOTA_EXCEEDED");
    assert_eq!(files.counted("small").await, (16, 2));
    // What does not fit now may fit later: it still lies there.
    files.ada.delete(&at("small/first")).await.expect(204);
    begun.complete(&files.ada).await.expect(201);
}

async fn of_many_completions_at_once_exactly_one_makes_the_file(database: TestDatabase) {
    let s3 = S3Server::start().await;
    let app = with_s3(TestApp::on(database), &s3).start_or_skip().await;
    let Some(app) = app else { return };
    let files = Files::on(app).await;
    let begun = Begun::of(&files.ada, "a", 5).await;
    assert_eq!(begun.send("hello").await, 200);
    let answers = race(8, async |_| begun.complete(&files.ada).await).await;
    let made = answers.iter().filter(|answer| answer.status() == 201);
    assert_eq!(made.count(), 1);
    for answer in answers.iter().filter(|answer| answer.status() != 201) {
        answer.expect_problem(409, "UPLOAD_COMPLETED");
    }
    assert_eq!(files.counted("box").await, (5, 1));
}

mod of_many_completions_at_once_exactly_one_makes_the_file {
    use mainstay_testkit::TestDatabase;

    #[tokio::test]
    async fn on_sqlite() {
        super::of_many_completions_at_once_exactly_one_makes_the_file(TestDatabase::Sqlite).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::of_many_completions_at_once_exactly_one_makes_the_file(TestDatabase::Postgres).await;
    }

    #[tokio::test]
    async fn on_mysql() {
        super::of_many_completions_at_once_exactly_one_makes_the_file(TestDatabase::MySql).await;
    }
}

#[tokio::test]
async fn conditions_are_those_of_the_moment_of_completion() {
    let (_s3, files) = start().await;
    let new = json!({ "key": "a", "size": 3, "if_none_match": "*" });
    let begun = Begun::with(&files.ada, new.clone()).await;
    files.put("box/a", "one").await.expect(201);
    let refused = begun.all(&files.ada, b"two").await;
    refused.expect_problem(412, "PRECONDITION_FAILED");
    let refused = files.ada.post(PLACE).json(new).await;
    refused.expect_problem(412, "PRECONDITION_FAILED");
    let tag = files.get("box/a").await.expect(200).etag().to_owned();
    let body = json!({ "key": "a", "size": 3, "if_match": tag });
    let (first, second) = (
        Begun::with(&files.ada, body.clone()).await,
        Begun::with(&files.ada, body).await,
    );
    first.all(&files.ada, b"two").await.expect(200);
    let refused = second.all(&files.ada, b"333").await;
    refused.expect_problem(412, "PRECONDITION_FAILED");
    assert_eq!(files.get("box/a").await.expect(200).text(), "two");
}

#[tokio::test]
async fn somebody_else_s_upload_and_key_are_out_of_reach() {
    let (_s3, files) = start().await;
    let eve = files.app.user("eve@example.com").await;
    let begun = Begun::of(&files.ada, "a", 5).await;
    let taken = Begun::of(&eve, "a", 5).await;
    assert_eq!(begun.send("hello").await, 200);
    begun.complete(&eve).await.expect_problem(404, "NOT_FOUND");
    eve.delete(&begun.place).await.expect_problem(404, "NOT_FOUND");
    files.bucket("other", json!({ "open": true })).await;
    let elsewhere = begun.place.replace("/box/", "/other/");
    let complete = files.ada.post(&format!("{elsewhere}/complete")).json(json!({}));
    complete.await.expect_problem(404, "NOT_FOUND");
    let parts = format!("/api/v1/storage/uploads/{}", begun.offer["id"].as_str().unwrap());
    let parts = files.ada.delete(&parts).header("tus-resumable", "1.0.0");
    parts.await.expect_problem(404, "NOT_FOUND");
    begun.complete(&files.ada).await.expect(201);
    let refused = taken.all(&eve, b"never").await;
    refused.expect_problem(409, "KEY_TAKEN");
    let refused = eve.post(PLACE).json(json!({ "key": "a", "size": 1 })).await;
    refused.expect_problem(409, "KEY_TAKEN");
    let close = files.admin.patch("/api/v1/storage/buckets/box");
    close.json(json!({ "open": false })).await.expect(200);
    let refused = eve.post(PLACE).json(json!({ "key": "b", "size": 1 })).await;
    refused.expect_problem(404, "NOT_FOUND");
    taken.complete(&eve).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_upload_that_expired_or_was_given_up_makes_no_file() {
    let (s3, files) = start().await;
    let begun = Begun::of(&files.ada, "a", 5).await;
    assert_eq!(begun.send("hello").await, 200);
    files.ada.delete(&begun.place).await.expect(204);
    assert_eq!(s3.objects(), 0);
    begun.complete(&files.ada).await.expect_problem(404, "NOT_FOUND");
    let begun = Begun::of(&files.ada, "a", 5).await;
    assert_eq!(begun.send("hello").await, 200);
    files
        .app
        .execute("UPDATE uploads SET expires_at = created_at")
        .await;
    begun.complete(&files.ada).await.expect_problem(404, "NOT_FOUND");
    files
        .ada
        .delete(&begun.place)
        .await
        .expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn the_url_takes_nothing_but_what_it_was_signed_for() {
    let (_s3, files) = start().await;
    let body = json!({ "key": "a", "size": 5, "content_type": "text/plain" });
    let begun = Begun::with(&files.ada, body).await;
    let url = begun.offer["url"].as_str().unwrap();
    let id = begun.offer["id"].as_str().unwrap();
    assert!(!url.contains(id) && url.contains("X-Amz-Expires=3600"), "{url}");
    let client = Client::new();
    for refused in [
        client.put(url).header("content-type", "text/html"),
        client.put(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000")),
        client.get(url),
        client.delete(url),
    ] {
        assert_eq!(refused.send().await.unwrap().status(), 403);
    }
}

#[tokio::test]
async fn a_store_that_only_this_server_reaches_refuses_direct_uploads_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let disk = TestApp::with("storage.backend", "disk").with("storage.root", folder.path().to_str().unwrap());
    for app in [disk.start().await, TestApp::start().await] {
        let files = Files::on(app).await;
        let body = json!({ "key": "a", "size": 1 });
        let refused = files.ada.post(PLACE).json(body.clone()).await;
        refused.expect_problem(409, "DIRECT_UPLOAD_UNAVAILABLE");
        let nowhere = PLACE.replace("box", "nowhere");
        let refused = files.ada.post(&nowhere).json(body).await;
        refused.expect_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn every_field_that_cannot_be_is_named_in_one_answer() {
    let (_s3, files) = start().await;
    let body = json!({
        "key": "../a", "size": 1, "content_type": "nonsense", "sha256": "abc",
        "metadata": { "ä": "x" }, "if_none_match": "x", "if_match": "y",
    });
    let refused = files.ada.post(PLACE).json(body).await;
    refused.expect_invalid(&[
        ("key", "INVALID_KEY"),
        ("content_type", "INVALID_MEDIA_TYPE"),
        ("sha256", "INVALID_FORMAT"),
        ("metadata", "INVALID_METADATA"),
        ("if_match", "INVALID_FORMAT"),
        ("if_none_match", "INVALID_FORMAT"),
    ]);
    for body in [
        json!({ "key": "a", "size": 1, "more": 1 }),
        json!({ "key": "a" }),
        json!({ "key": "a", "size": -1 }),
        json!({ "key": "a", "size": 1, "if_none_match": "*", "if_match": "a".repeat(64) }),
    ] {
        let refused = files.ada.post(PLACE).json(body).await;
        refused.expect_problem(422, "VALIDATION_FAILED");
    }
    let begun = Begun::of(&files.ada, "a", 1).await;
    for body in [json!({ "sha256": "z".repeat(64) }), json!({ "size": 1 })] {
        let complete = files.ada.post(&format!("{}/complete", begun.place));
        complete.json(body).await.expect_problem(422, "VALIDATION_FAILED");
    }
}

#[tokio::test]
async fn an_api_key_needs_a_scope_to_write_every_file() {
    let (_s3, files) = start().await;
    let key = async |scopes: Value| {
        let body = json!({ "name": "k", "scopes": scopes });
        let made = files.admin.post("/api/v1/auth/api-keys").json(body).await;
        made.expect(201).json()["key"].as_str().unwrap().to_owned()
    };
    let begin = |key: &str| {
        let body = json!({ "key": "a", "size": 5 });
        files.app.post(PLACE).header("x-api-key", key).json(body)
    };
    for scopes in [json!([]), json!(["storage:read_all"])] {
        let refused = begin(&key(scopes).await).await;
        refused.expect_problem(404, "NOT_FOUND");
    }
    let writer = key(json!(["storage:write_all"])).await;
    let made = begin(&writer).await.expect(201);
    let (place, offer) = (made.location().to_owned(), made.json());
    let begun = Begun { place, offer };
    assert_eq!(begun.send("hello").await, 200);
    let complete = files.app.post(&format!("{}/complete", begun.place));
    let made = complete.header("x-api-key", &writer).json(json!({})).await;
    assert_eq!(made.expect(201).json()["owner_id"], json!(files.admin.id));
}

#[tokio::test]
async fn nobody_has_more_uploads_under_way_than_there_may_be() {
    let (_s3, files) = start().await;
    let begin = || files.ada.post(PLACE).json(json!({ "key": "a", "size": 1 }));
    for _ in 0..100 {
        begin().await.expect(201);
    }
    begin().await.expect_problem(409, "UPLOAD_LIMIT");
}
