//! Bodies that are too large, of another type, or no JSON.

use mainstay_testkit::{TestApp, TestResponse};

use crate::support::exchange;

const LOGIN: &str = "/api/v1/auth/login";

async fn send(app: &TestApp, body: impl Into<Vec<u8>>) -> TestResponse {
    app.post(LOGIN)
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
}

#[tokio::test]
async fn what_is_no_json_is_told_apart_from_what_is_not_expected() {
    let app = TestApp::start().await;
    for body in [
        "",
        "{",
        "{\"email\":",
        "nonsense",
        "{\"email\":\"a\",\"password\":\"b\"} trailing",
        "{'email': 1}",
    ] {
        send(&app, body).await.expect_problem(400, "MALFORMED_JSON");
    }
    for body in ["null", "7", "[]", "\"text\"", "{}"] {
        send(&app, body).await.expect_problem(422, "VALIDATION_FAILED");
    }
    for body in [
        "null",
        "7",
        "true",
        "[]",
        " [\"ada@example.com\",\"secret\"]",
        "\"secret, expected u8\"",
    ] {
        let answer = send(&app, body).await;
        answer.expect_invalid(&[("body", "INVALID_TYPE")]);
        assert_eq!(
            answer.json()["errors"][0]["message"],
            "must be a JSON object",
            "{body}"
        );
        assert!(!answer.text().contains("secret"), "{}", answer.text());
    }
    send(&app, "[1,").await.expect_problem(400, "MALFORMED_JSON");
    let number = send(&app, "{\"email\":7,\"password\":\"x\"}").await;
    number.expect_invalid(&[("email", "INVALID_TYPE")]);
    assert_eq!(number.json()["errors"][0]["message"], "must be text");
    let twice = "{\"email\":\"a\",\"email\":\"b\",\"password\":\"c\"}";
    send(&app, twice)
        .await
        .expect_invalid(&[("email", "DUPLICATE_FIELD")]);
}

#[tokio::test]
async fn deep_nesting_is_refused_without_harm() {
    let app = TestApp::start().await;
    for body in [
        "[".repeat(100_000),
        format!("{{\"email\":{}", "[".repeat(100_000)),
        "{\"a\":".repeat(50_000),
    ] {
        let answer = send(&app, body).await;
        assert!([400, 422].contains(&answer.status()), "{}", answer.text());
        let code = answer.json()["code"].as_str().unwrap().to_owned();
        answer.expect_problem(answer.status(), &code);
    }
    app.get("/health").send().await.expect(200);
}

#[tokio::test]
async fn what_is_no_utf8_is_refused() {
    let app = TestApp::start().await;
    let answer = send(&app, b"{\"email\":\"\xff\xfe\",\"password\":\"x\"}".to_vec()).await;
    answer.expect_problem(400, "MALFORMED_JSON");
    let answer = send(&app, "{\"email\":\"\\ud800\",\"password\":\"x\"}").await;
    answer.expect_problem(400, "MALFORMED_JSON");
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_with_413() {
    let app = TestApp::with("server.body_limit", "2KiB").start().await;
    let body = format!("{{\"email\":\"{}\",\"password\":\"x\"}}", "a".repeat(4000));
    send(&app, body).await.expect_problem(413, "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn a_body_without_a_declared_length_meets_the_same_limit() {
    let app = TestApp::with("server.body_limit", "2KiB").start().await;
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(4096));
    let request = format!(
        "POST {LOGIN} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n"
    );
    let answer = exchange(app.addr(), request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("PAYLOAD_TOO_LARGE"), "{answer}");
}

#[tokio::test]
async fn only_json_is_taken_for_a_body() {
    let app = TestApp::start().await;
    let body = "{\"email\":\"a\",\"password\":\"x\"}";
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "",
    ] {
        let answer = app
            .post(LOGIN)
            .header("content-type", kind)
            .body(body)
            .send()
            .await;
        answer.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    app.post(LOGIN)
        .body(body)
        .send()
        .await
        .expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    let packed = app
        .post(LOGIN)
        .header("content-type", "application/json")
        .header("content-encoding", "gzip");
    packed
        .body(body)
        .send()
        .await
        .expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    for kind in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/merge-patch+json",
    ] {
        let answer = app
            .post(LOGIN)
            .header("content-type", kind)
            .body(body)
            .send()
            .await;
        answer.expect_problem(401, "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn an_answer_is_json_whatever_the_client_says_it_accepts() {
    let app = TestApp::start().await;
    let health = app
        .get("/health")
        .header("accept", "application/xml")
        .send()
        .await;
    assert!([200, 406].contains(&health.status()));
    let missing = app.get("/nowhere").header("accept", "text/html").send().await;
    missing.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn requests_that_are_no_http_get_a_4xx_and_no_hang() {
    let app = TestApp::start().await;
    let long = format!(
        "GET /{} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "a".repeat(200_000)
    );
    let many: String = (0..200).map(|n| format!("x-{n}: y\r\n")).collect();
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{many}\r\n");
    let smuggled =
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET";
    for request in [
        long.as_str(),
        many.as_str(),
        smuggled,
        "NONSENSE\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header\r\n\r\n",
    ] {
        let answer = exchange(app.addr(), request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    app.get("/health").send().await.expect(200);
}

#[tokio::test]
async fn a_long_but_bearable_address_is_simply_not_found() {
    let app = TestApp::start().await;
    let path = format!("/{}", "a".repeat(8000));
    app.get(&path).send().await.expect_problem(404, "NOT_FOUND");
}
