//! Downloads that the object store answers, with `storage.redirect_downloads`.

use mainstay_testkit::{TestApp, TestResponse};
use reqwest::{Client, Method};
use serde_json::json;

use super::support::{Files, at, noise, on_s3};
use crate::support::{Clamd, S3Server};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and what an image is made of";

async fn start() -> (S3Server, Files) {
    let s3 = S3Server::start().await;
    let app = on_s3(&s3).with("storage.redirect_downloads", "true");
    let files = Files::on(app.start().await).await;
    (s3, files)
}

/// Where it leads.
fn elsewhere(s3: &S3Server, answer: &TestResponse) -> String {
    assert_eq!(answer.status(), 307, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    let url = answer.location().to_owned();
    assert!(url.starts_with(&s3.endpoint), "{url}");
    assert!(url.contains("X-Amz-Expires=300"), "{url}");
    url
}

#[tokio::test]
async fn whoever_follows_gets_the_octets_with_type_and_name() {
    let (s3, files) = start().await;
    let octets = noise(300_000);
    files.put("box/a b/ä.bin", octets.clone()).await.expect(201);
    let url = elsewhere(&s3, &files.get("box/a b/ä.bin").await);
    assert!(url.contains("response-content-disposition=attachment"), "{url}");
    assert!(
        url.contains("response-content-type=application%2Foctet-stream"),
        "{url}"
    );
    let answer = Client::new().get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.unwrap() == octets);
    let part = files.ada.get(&at("box/a b/ä.bin")).header("range", "bytes=10-19");
    let url = elsewhere(&s3, &part.await);
    let part = Client::new().get(&url).header("range", "bytes=10-19");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert!(part.bytes().await.unwrap() == octets[10..20]);
}

#[tokio::test]
async fn a_client_that_follows_by_itself_needs_to_know_nothing_of_it() {
    let (_s3, files) = start().await;
    files.put("box/logo", PNG).await.expect(201);
    let url = format!("http://{}{}", files.app.addr(), at("box/logo"));
    let get = Client::new().get(url).bearer_auth(&files.ada.access_token);
    let answer = get.header("range", "bytes=1-3").send().await.unwrap();
    assert_eq!(answer.status(), 206);
    assert_eq!(answer.bytes().await.unwrap().as_ref(), b"PNG");
}

#[tokio::test]
async fn public_and_signed_urls_lead_to_the_object_store_as_well() {
    let (s3, files) = start().await;
    files
        .bucket("shop", json!({ "public": true, "open": true }))
        .await;
    files.put("shop/logo", PNG).await.expect(201);
    let public = files.app.get("/api/v1/storage/public/shop/logo").await;
    let url = elsewhere(&s3, &public);
    assert!(url.contains("response-content-disposition=inline"), "{url}");
    let saved = files
        .app
        .get("/api/v1/storage/public/shop/logo?download=true")
        .await;
    assert!(elsewhere(&s3, &saved).contains("response-content-disposition=attachment"));
    let body = json!({ "key": "logo", "method": "GET", "expires_in": 60 });
    let signed = files
        .ada
        .post("/api/v1/storage/buckets/shop/signed-urls")
        .json(body);
    let signed = signed.await.expect(201).json();
    let answer = files.app.get(signed["url"].as_str().unwrap()).await;
    let answer = Client::new().get(elsewhere(&s3, &answer)).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap().as_ref(), PNG);
}

#[tokio::test]
async fn what_a_browser_could_run_is_never_shown_from_elsewhere() {
    let (s3, files) = start().await;
    for (key, octets) in [
        ("page", "<!doctype html><script>alert(1)</script>"),
        (
            "image",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        ("binary", "\u{1}\u{2}<script>"),
    ] {
        files.put(&format!("box/{key}"), octets).await.expect(201);
        let url = elsewhere(&s3, &files.get(&format!("box/{key}")).await);
        assert!(url.contains("response-content-disposition=attachment"), "{url}");
    }
    // These are shown, but only with headers that the store does not send.
    for (key, octets) in [("text", "<i>hello"), ("pdf", "%PDF-1.7")] {
        files.put(&format!("box/{key}"), octets).await.expect(201);
        let shown = files.get(&format!("box/{key}")).await.expect(200);
        assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
        let saved = files.get(&format!("box/{key}?download=true")).await;
        assert!(elsewhere(&s3, &saved).contains("attachment"));
    }
}

#[tokio::test]
async fn head_conditions_and_several_ranges_are_answered_here() {
    let (_s3, files) = start().await;
    files.put("box/a", PNG).await.expect(201);
    files.put("box/empty", "").await.expect(201);
    let path = at("box/a");
    let head = files.ada.request(Method::HEAD, &path).await.expect(200);
    let tag = head.etag().to_owned();
    let get = |name: &str, value: &str| files.ada.get(&path).header(name, value);
    get("if-none-match", &tag).await.expect(304);
    assert_eq!(get("if-none-match", "\"other\"").await.expect(200).bytes(), PNG);
    get("if-match", &tag).await.expect(200);
    get("if-match", "\"other\"")
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    let part = get("range", "bytes=1-3").header("if-range", &tag).await;
    assert_eq!(part.expect(206).text(), "PNG");
    get("range", "bytes=0-1,3-4").await.expect(206);
    get("range", "bytes=1000-")
        .await
        .expect_problem(416, "RANGE_NOT_SATISFIABLE");
    assert_eq!(files.get("box/empty").await.expect(200).bytes(), b"");
    files.get("box/none").await.expect_problem(404, "NOT_FOUND");
    let eve = files.app.user("eve@example.com").await;
    eve.get(&path).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_api_key_is_not_led_to_where_it_would_be_sent_along() {
    let (_s3, files) = start().await;
    files.put("box/a", PNG).await.expect(201);
    let body = json!({ "name": "k", "scopes": ["storage:read_all"] });
    let made = files.admin.post("/api/v1/auth/api-keys").json(body).await;
    let key = made.expect(201).json()["key"].as_str().unwrap().to_owned();
    let read = files.app.get(&at("box/a")).header("x-api-key", &key).await;
    assert_eq!(read.expect(200).bytes(), PNG);
}

#[tokio::test]
async fn a_file_in_quarantine_is_nowhere_to_be_had() {
    let (s3, clamd) = (S3Server::start().await, Clamd::start().await);
    let app = on_s3(&s3)
        .with("storage.redirect_downloads", "true")
        .with("scan.clamd", &clamd.address);
    let files = Files::on(app.start().await).await;
    files.put("box/a", PNG).await.expect(201);
    files.get("box/a").await.expect_problem(409, "FILE_QUARANTINED");
}

#[tokio::test]
async fn nobody_is_sent_anywhere_unless_the_server_is_set_up_so_and_its_store_can() {
    let s3 = S3Server::start().await;
    let unable = TestApp::with("storage.redirect_downloads", "true");
    for app in [on_s3(&s3), unable] {
        let files = Files::on(app.start().await).await;
        files.put("box/a", PNG).await.expect(201);
        assert_eq!(files.get("box/a").await.expect(200).bytes(), PNG);
    }
}
