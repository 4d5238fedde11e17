//! Names that people and attackers give files.

use serde_json::json;

use super::support::{Files, at};
use crate::support::exchange;

#[tokio::test]
async fn names_of_any_kind_are_kept_as_they_are() {
    let files = Files::start().await;
    let thousand = "n".repeat(1000);
    for (sent, key, disposition) in [
        ("CON", "CON", "inline; filename=\"CON\""),
        (
            "%22quoted%22",
            "\"quoted\"",
            "inline; filename=\"_quoted_\"; filename*=UTF-8''%22quoted%22",
        ),
        (
            "%E2%80%AEfdp.exe",
            "\u{202e}fdp.exe",
            "inline; filename=\"fdp.exe\"",
        ),
        (
            "K%C3%A4se",
            "Käse",
            "inline; filename=\"K_se\"; filename*=UTF-8''K%C3%A4se",
        ),
        ("a+b%2Bc", "a+b+c", "inline; filename=\"a+b+c\""),
        (
            "100%25",
            "100%",
            "inline; filename=\"100_\"; filename*=UTF-8''100%25",
        ),
        (
            "%252e%252e",
            "%2e%2e",
            "inline; filename=\"_2e_2e\"; filename*=UTF-8''%252e%252e",
        ),
        (
            "C:%5Ctemp",
            "C:\\temp",
            "inline; filename=\"C:_temp\"; filename*=UTF-8''C%3A%5Ctemp",
        ),
        (&thousand, &thousand, &format!("inline; filename=\"{thousand}\"")),
    ] {
        let made = files.put(&format!("box/{sent}"), "text").await.expect(201);
        assert_eq!(made.json()["key"], json!(key));
        let place = made.header("location").unwrap().to_owned();
        let read = files.ada.get(&place).await.expect(200);
        assert_eq!(read.header("content-disposition"), Some(disposition), "{place}");
    }
}

/// Clients that are made from the OpenAPI document encode every slash of a parameter.
#[tokio::test]
async fn an_encoded_slash_parts_folders_like_a_plain_one() {
    let files = Files::start().await;
    files.put("box/a%2Fb", "x").await.expect(201);
    assert_eq!(files.get("box/a/b").await.expect(200).text(), "x");
    assert_eq!(files.listed("delimiter=/").await, [">a/"]);
}

#[tokio::test]
async fn names_that_could_do_harm_are_refused() {
    let files = Files::start().await;
    for key in [
        "..",
        "a/../../etc/passwd",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e/x",
        "a//b",
        "a/",
        "a%00b",
        "a%0D%0Ab",
        "a%FFb",
        "%2Fa",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let request = format!(
                "{method} {} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                at(&format!("box/{key}")),
                files.ada.access_token
            );
            let answer = exchange(files.app.addr(), request.as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 422"), "{method} {key}: {answer}");
            assert!(answer.contains("INVALID_KEY"), "{answer}");
        }
    }
    let long = format!("box/{}", "n".repeat(1025));
    files
        .put(&long, "x")
        .await
        .expect_invalid(&[("key", "INVALID_KEY")]);
}
