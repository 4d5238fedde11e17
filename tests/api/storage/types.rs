//! What files are, whatever somebody says they are.

use serde_json::json;

use super::support::{Files, at};

const PAGE: &str = "<!DOCTYPE html><script>alert(document.cookie)</script>";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[tokio::test]
async fn a_page_that_is_called_an_image_is_given_out_to_be_saved() {
    let files = Files::start().await;
    let put = files
        .ada
        .put(&at("box/cat.png"))
        .header("content-type", "image/png");
    let made = put.body(PAGE).await.expect(201).json();
    assert_eq!(
        (&made["media_type"], &made["declared_type"]),
        (&json!("text/html"), &json!("image/png"))
    );
    let answer = files.get("box/cat.png").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"cat.png\"")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    files.put("box/a.svg", svg).await.expect(201);
    let answer = files.get("box/a.svg").await.expect(200);
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
}

#[tokio::test]
async fn a_bucket_takes_only_the_types_that_it_allows() {
    let files = Files::start().await;
    let rules = json!({ "open": true, "allowed_types": ["image/*", "application/pdf"] });
    files.bucket("pictures", rules).await;
    files.put("pictures/a.png", PNG).await.expect(201);
    let put = files
        .ada
        .put(&at("pictures/b.png"))
        .header("content-type", "image/png");
    put.body(PAGE).await.expect_problem(415, "MEDIA_TYPE_NOT_ALLOWED");
    files
        .put("pictures/c", "text")
        .await
        .expect_problem(415, "MEDIA_TYPE_NOT_ALLOWED");
    let large = format!("{PAGE}{}", " ".repeat(100_000));
    files
        .put("pictures/d", large)
        .await
        .expect_problem(415, "MEDIA_TYPE_NOT_ALLOWED");
    assert_eq!(files.counted("pictures").await.1, 1);
    let answer = files.get("pictures/a.png").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("inline; filename=\"a.png\"")
    );
}
