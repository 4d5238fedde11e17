//! `/storage/uploads`: tus 1.0, as clients speak it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mainstay_testkit::{LoggedIn, TestApp, TestRequest, TestResponse};
use reqwest::Method;
use serde_json::json;

use super::support::{Files, at, hex, noise, sha256};

pub const UPLOADS: &str = "/api/v1/storage/uploads";

pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name} {}", STANDARD.encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(",")
}

pub fn announce(caller: &LoggedIn, key: &str, length: usize) -> TestRequest {
    caller
        .post(UPLOADS)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", length.to_string())
        .header("upload-metadata", metadata(&[("bucket", "box"), ("key", key)]))
}

/// Where the parts go.
pub async fn begin(caller: &LoggedIn, key: &str, length: usize) -> String {
    let made = announce(caller, key, length).await.expect(201);
    assert_eq!(made.header("tus-resumable"), Some("1.0.0"));
    assert!(made.header("upload-expires").unwrap().ends_with("GMT"));
    made.location().to_owned()
}

pub fn part(caller: &LoggedIn, place: &str, offset: usize, octets: &[u8]) -> TestRequest {
    caller
        .patch(place)
        .header("tus-resumable", "1.0.0")
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset.to_string())
        .body(octets)
}

pub async fn head(caller: &LoggedIn, place: &str) -> TestResponse {
    let request = caller.request(Method::HEAD, place);
    request.header("tus-resumable", "1.0.0").await
}

/// Where the upload goes on.
pub async fn offset(caller: &LoggedIn, place: &str) -> usize {
    let answer = head(caller, place).await.expect(200);
    answer.header("upload-offset").unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_options_tell_what_of_the_protocol_is_offered() {
    let files = Files::start().await;
    let answer = files.app.request(Method::OPTIONS, UPLOADS).await.expect(204);
    let expected = [
        ("tus-resumable", "1.0.0"),
        ("tus-version", "1.0.0"),
        (
            "tus-extension",
            "creation,creation-with-upload,expiration,checksum,termination",
        ),
        ("tus-checksum-algorithm", "sha1,sha256"),
        ("tus-max-size", "5368709120"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

async fn a_file_comes_in_parts_and_is_whole_at_the_end(app: TestApp) {
    let files = Files::on(app).await;
    let octets = [b"\x89PNG\r\n\x1a\n".as_slice(), &noise(70_000)].concat();
    let announced = metadata(&[
        ("bucket", "box"),
        ("filename", "/home/ada/K\u{e4}se.png"),
        ("filetype", "text/html"),
        ("sha256", &hex(&sha256(&octets))),
        ("camera", "\u{1f4f7}"),
    ]);
    let made = files
        .ada
        .post(UPLOADS)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", octets.len().to_string())
        .header("upload-metadata", &announced);
    let place = made.await.expect(201).location().to_owned();
    let known = head(&files.ada, &place).await.expect(200);
    assert_eq!(known.header("upload-offset"), Some("0"));
    assert_eq!(
        known.header("upload-length"),
        Some(octets.len().to_string().as_str())
    );
    assert_eq!(known.header("upload-metadata"), Some(announced.as_str()));
    assert_eq!(known.header("cache-control"), Some("no-store"));
    let (first, second, end) = (10, 50_000, octets.len());
    for (from, to) in [(0, first), (first, second), (second, end)] {
        files
            .get("box/K%C3%A4se.png")
            .await
            .expect_problem(404, "NOT_FOUND");
        let patched = part(&files.ada, &place, from, &octets[from..to])
            .await
            .expect(204);
        assert_eq!(patched.header("upload-offset"), Some(to.to_string().as_str()));
        assert_eq!(patched.header("tus-resumable"), Some("1.0.0"));
        assert_eq!(offset(&files.ada, &place).await, to);
    }
    let read = files.get("box/K%C3%A4se.png").await.expect(200);
    assert!(read.bytes() == octets);
    assert_eq!(read.header("content-type"), Some("image/png"));
    let path = "/api/v1/storage/buckets/box/metadata/K%C3%A4se.png";
    let told = files.ada.get(path).await.expect(200).json();
    assert_eq!(told["sha256"], hex(&sha256(&octets)));
    assert_eq!(told["metadata"], json!({ "camera": "\u{1f4f7}" }));
    assert_eq!(told["declared_type"], "text/html");
    assert_eq!(files.counted("box").await, (octets.len() as i64, 1));
    let again = part(&files.ada, &place, 0, b"x").await;
    again.expect_problem(409, "OFFSET_MISMATCH");
}
on_every_database!(a_file_comes_in_parts_and_is_whole_at_the_end);

#[tokio::test]
async fn one_part_may_bring_the_whole_file_with_or_after_the_announcement() {
    let files = Files::start().await;
    let octets = noise(100_000);
    let place = begin(&files.ada, "after", octets.len()).await;
    part(&files.ada, &place, 0, &octets).await.expect(204);
    let made = announce(&files.ada, "with", octets.len())
        .header("content-type", "application/offset+octet-stream")
        .body(octets.as_slice())
        .await
        .expect(201);
    let length = octets.len().to_string();
    assert_eq!(made.header("upload-offset"), Some(length.as_str()));
    let half = announce(&files.ada, "half", octets.len())
        .header("content-type", "application/offset+octet-stream")
        .body(&octets[..500])
        .await
        .expect(201);
    assert_eq!(half.header("upload-offset"), Some("500"));
    part(&files.ada, half.location(), 500, &octets[500..])
        .await
        .expect(204);
    for key in ["box/after", "box/with", "box/half"] {
        assert!(files.get(key).await.expect(200).bytes() == octets, "{key}");
    }
}

#[tokio::test]
async fn a_file_without_octets_is_there_when_it_is_announced() {
    let files = Files::start().await;
    let place = begin(&files.ada, "empty", 0).await;
    assert_eq!(offset(&files.ada, &place).await, 0);
    assert_eq!(files.get("box/empty").await.expect(200).bytes(), b"");
    let place = begin(&files.ada, "single", 1).await;
    part(&files.ada, &place, 0, b"x").await.expect(204);
    assert_eq!(files.get("box/single").await.expect(200).bytes(), b"x");
}

#[tokio::test]
async fn what_the_protocol_does_not_allow_is_refused() {
    let files = Files::start().await;
    let place = begin(&files.ada, "a", 10).await;
    let other = files
        .ada
        .request(Method::HEAD, &place)
        .header("tus-resumable", "0.2.2");
    let other = other.await.expect(412);
    assert_eq!(other.header("tus-version"), Some("1.0.0"));
    assert_eq!(other.header("tus-resumable"), Some("1.0.0"));
    let silent = files.ada.post(UPLOADS).await;
    silent.expect_problem(412, "TUS_VERSION_UNSUPPORTED");
    let plain = files.ada.patch(&place).header("tus-resumable", "1.0.0").body("x");
    plain.await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    let later = part(&files.ada, &place, 3, b"x").await;
    later.expect_problem(409, "OFFSET_MISMATCH");
    let long = part(&files.ada, &place, 0, &[0; 11]).await;
    long.expect_problem(413, "PAYLOAD_TOO_LARGE");
    let deferred = files
        .ada
        .post(UPLOADS)
        .header("tus-resumable", "1.0.0")
        .header("upload-defer-length", "1");
    deferred.await.expect_problem(400, "INVALID_HEADER");
    let unnamed = files
        .ada
        .post(UPLOADS)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "1");
    unnamed.await.expect_invalid(&[
        ("Upload-Metadata.bucket", "REQUIRED"),
        ("Upload-Metadata.key", "INVALID_KEY"),
    ]);
    assert_eq!(offset(&files.ada, &place).await, 0);
}

#[tokio::test]
async fn a_part_with_a_wrong_checksum_leaves_nothing() {
    let files = Files::start().await;
    let place = begin(&files.ada, "summed", 5).await;
    let hello = |kind: &str, octets: &[u8]| {
        let algorithm = match kind {
            "sha1" => &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
            _ => &aws_lc_rs::digest::SHA256,
        };
        let sum = aws_lc_rs::digest::digest(algorithm, octets);
        format!("{kind} {}", STANDARD.encode(sum))
    };
    for kind in ["sha1", "sha256"] {
        let wrong = part(&files.ada, &place, 0, b"hello").header("upload-checksum", hello(kind, b"hullo"));
        wrong.await.expect_problem(460, "UPLOAD_CHECKSUM_MISMATCH");
        assert_eq!(offset(&files.ada, &place).await, 0);
    }
    let unknown = part(&files.ada, &place, 0, b"hello").header("upload-checksum", "crc32 AAAA");
    unknown.await.expect_problem(400, "INVALID_HEADER");
    for (from, to, kind) in [(0, 2, "sha1"), (2, 5, "sha256")] {
        let octets = &b"hello"[from..to];
        let right = part(&files.ada, &place, from, octets).header("upload-checksum", hello(kind, octets));
        right.await.expect(204);
    }
    assert_eq!(files.get("box/summed").await.expect(200).bytes(), b"hello");
}

#[tokio::test]
async fn a_file_that_is_not_the_announced_one_is_not_made() {
    let files = Files::start().await;
    let sum = hex(&sha256(b"hello"));
    let announced = metadata(&[("bucket", "box"), ("key", "a"), ("sha256", &sum)]);
    let made = files
        .ada
        .post(UPLOADS)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "5")
        .header("upload-metadata", announced);
    let place = made.await.expect(201).location().to_owned();
    let other = part(&files.ada, &place, 0, b"hullo").await;
    other.expect_problem(422, "CHECKSUM_MISMATCH");
    files.get("box/a").await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_upload_is_given_up_by_its_owner_and_its_file_stays() {
    let files = Files::start().await;
    let remove = async |caller: &LoggedIn, place: &str| {
        let request = caller.delete(place).header("tus-resumable", "1.0.0");
        request.await
    };
    let place = begin(&files.ada, "a", 5).await;
    part(&files.ada, &place, 0, b"he").await.expect(204);
    let eve = files.app.user("eve@example.com").await;
    for caller in [&eve, &files.admin] {
        assert_eq!(head(caller, &place).await.status(), 404);
        part(caller, &place, 2, b"llo")
            .await
            .expect_problem(404, "NOT_FOUND");
        remove(caller, &place).await.expect_problem(404, "NOT_FOUND");
    }
    remove(&files.ada, &place).await.expect(204);
    assert_eq!(head(&files.ada, &place).await.status(), 404);
    part(&files.ada, &place, 2, b"llo")
        .await
        .expect_problem(404, "NOT_FOUND");
    let place = begin(&files.ada, "b", 5).await;
    part(&files.ada, &place, 0, b"hello").await.expect(204);
    remove(&files.ada, &place).await.expect(204);
    assert_eq!(files.get("box/b").await.expect(200).bytes(), b"hello");
}

#[tokio::test]
async fn only_post_is_needed_where_nothing_else_gets_through() {
    let files = Files::start().await;
    let place = begin(&files.ada, "a", 5).await;
    let instead = |method: &str| {
        let request = files.ada.post(&place).header("tus-resumable", "1.0.0");
        request.header("x-http-method-override", method)
    };
    let patched = instead("PATCH")
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", "0")
        .body("he");
    assert_eq!(patched.await.expect(204).header("upload-offset"), Some("2"));
    assert_eq!(
        instead("HEAD").await.expect(200).header("upload-offset"),
        Some("2")
    );
    instead("DELETE").await.expect(204);
    assert_eq!(head(&files.ada, &place).await.status(), 404);
    instead("PUT").await.expect_problem(400, "INVALID_HEADER");
}

#[tokio::test]
async fn pages_of_listed_origins_may_read_the_headers_of_the_protocol() {
    let home = "https://app.example.com";
    let files = Files::on(TestApp::with("server.cors_origins", home).start().await).await;
    let answer = announce(&files.ada, "a", 5)
        .header("origin", home)
        .await
        .expect(201);
    let exposed = answer
        .header("access-control-expose-headers")
        .unwrap()
        .to_lowercase();
    for name in [
        "location",
        "tus-resumable",
        "tus-version",
        "tus-extension",
        "tus-max-size",
        "upload-offset",
        "upload-length",
        "upload-metadata",
        "upload-expires",
    ] {
        assert!(exposed.contains(name), "{name}: {exposed}");
    }
    files.ada.get(&at("box/a")).await.expect_problem(404, "NOT_FOUND");
}
