//! What does not become an avatar, and who may not set one.

use image::ImageFormat;
use mainstay_testkit::TestApp;
use serde_json::json;

use super::pictures::{ME, MINE, bomb, flag, png, see, set, written};
use crate::support::exchange;

const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

#[tokio::test]
async fn what_is_no_picture_is_refused_and_the_avatar_that_was_there_stays() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let address = set(&ada, png()).await;
    let page = b"<!DOCTYPE html><script>alert(1)</script>";
    for octets in [
        &b""[..],
        b"hello",
        SVG,
        page,
        b"%PDF-1.7",
        b"BM\0\0\0\0",
        b"II*\0\x08\0\0\0",
    ] {
        for declared in ["image/png", "application/octet-stream"] {
            let put = ada.put(MINE).header("content-type", declared).body(octets);
            put.await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
    let mut gif = written(&flag(9, 9), ImageFormat::Gif);
    gif.truncate(gif.len() / 2);
    let whole = png();
    let jpeg = written(&flag(300, 300), ImageFormat::Jpeg);
    for octets in [
        &whole[..8],
        &whole[..whole.len() / 2],
        &jpeg[..jpeg.len() / 2],
        &gif[..],
    ] {
        let put = ada.put(MINE).body(octets);
        put.await.expect_problem(422, "IMAGE_BROKEN");
    }
    see(&app, &address).await.expect(200);
    assert_eq!(ada.get(ME).await.expect(200).json()["avatar_url"], json!(address));
}

#[tokio::test]
async fn a_small_file_that_tells_of_huge_pixels_is_refused_by_its_header() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for (width, height) in [(40_001, 1_000), (60_000, 60_000), (0x7fff_ffff, 0x7fff_ffff)] {
        let octets = bomb(width, height);
        assert!(octets.len() < 1_000);
        let problem = ada.put(MINE).body(octets).await;
        let problem = problem.expect_problem(413, "IMAGE_TOO_LARGE");
        assert!(
            problem["detail"].as_str().unwrap().contains("40000000"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_announced_or_not() {
    let app = TestApp::with("users.avatar_max_size", "2KiB").start().await;
    let ada = app.user("ada@example.com").await;
    let mut octets = written(&flag(16, 16), ImageFormat::Jpeg);
    assert!(octets.len() < 2_000, "{}", octets.len());
    set(&ada, octets.clone()).await;
    // Behind the end of a JPEG anything may stand.
    octets.resize(2_048, 0);
    set(&ada, octets.clone()).await;
    octets.push(0);
    let announced = ada.put(MINE).body(octets.clone()).await;
    announced.expect_problem(413, "PAYLOAD_TOO_LARGE");
    let mut streamed = format!(
        "PUT {MINE} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        ada.access_token
    )
    .into_bytes();
    for part in octets.chunks(500) {
        streamed.extend(format!("{:x}\r\n", part.len()).into_bytes());
        streamed.extend(part);
        streamed.extend(b"\r\n");
    }
    streamed.extend(b"0\r\n\r\n");
    let answer = exchange(app.addr(), &streamed).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_said_to_be_something_else_is_not_even_looked_at() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for declared in [
        "application/json",
        "text/html; charset=utf-8",
        "multipart/form-data; boundary=x",
        "image/svg+xml",
    ] {
        let put = ada.put(MINE).header("content-type", declared).body(png());
        put.await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let packed = ada.put(MINE).header("content-encoding", "gzip").body(png());
    packed.await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn neither_strangers_nor_api_keys_set_an_avatar() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let stranger = app.put(MINE).body(png()).send().await;
    stranger.expect_problem(401, "UNAUTHENTICATED");
    let stranger = app.delete(MINE).send().await;
    stranger.expect_problem(401, "UNAUTHENTICATED");
    let body = json!({ "name": "mine", "scopes": [] });
    let made = ada.post("/api/v1/auth/api-keys").json(body).await;
    let key = made.expect(201).json()["key"].as_str().unwrap().to_owned();
    let put = app.put(MINE).bearer(&key).body(png()).send().await;
    put.expect_problem(403, "SESSION_REQUIRED");
    let delete = app.delete(MINE).bearer(&key).send().await;
    delete.expect_problem(403, "SESSION_REQUIRED");
}

#[tokio::test]
async fn an_account_that_sends_picture_after_picture_is_asked_to_wait() {
    let app = TestApp::with("throttle.enabled", "true").start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    for _ in 0..10 {
        let put = ada.put(MINE).body("no picture counts too");
        put.await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let refused = ada.put(MINE).body(png()).await;
    refused.expect_problem(429, "TOO_MANY_REQUESTS");
    assert!(refused.header("retry-after").is_some());
    set(&eve, png()).await;
}

#[tokio::test]
async fn no_bucket_can_be_made_where_avatars_lie() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({ "name": "mainstay-avatars", "public": true });
    let made = admin.post("/api/v1/storage/buckets").json(body).await;
    made.expect_problem(409, "BUCKET_TAKEN");
}
