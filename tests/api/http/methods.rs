//! Paths that do not exist and methods that they do not answer to.

use mainstay_testkit::TestApp;
use reqwest::Method;

#[tokio::test]
async fn unknown_paths_are_problems_of_their_own_path() {
    let app = TestApp::start().await;
    for path in [
        "/nowhere",
        "/api/v1/nowhere",
        "/api/v2/users",
        "/api/v1/users/me/nowhere",
        "//",
        "/health/",
        "/%00",
        "/..%2f..%2fetc/passwd",
    ] {
        let problem = app.get(path).send().await.expect_problem(404, "NOT_FOUND");
        assert!(problem["instance"].as_str().unwrap().starts_with('/'));
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_which_ones_are_right() {
    let app = TestApp::start().await;
    for (method, path, allow) in [
        (Method::GET, "/api/v1/auth/login", "OPTIONS, POST"),
        (
            Method::POST,
            "/api/v1/users/me",
            "DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
        (Method::PUT, "/api/v1/users", "GET, HEAD, OPTIONS, POST"),
        (Method::DELETE, "/health", "GET, HEAD, OPTIONS"),
        (Method::POST, "/openapi.json", "GET, HEAD, OPTIONS"),
        (Method::TRACE, "/health", "GET, HEAD, OPTIONS"),
        (
            Method::from_bytes(b"BREW").unwrap(),
            "/health",
            "GET, HEAD, OPTIONS",
        ),
    ] {
        let answer = app.request(method.clone(), path).send().await;
        answer.expect_problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for path in ["/health", "/openapi.json", "/api/v1/users/me"] {
        let get = app.get(path).bearer(&ada.access_token).send().await.expect(200);
        let head = app
            .request(Method::HEAD, path)
            .bearer(&ada.access_token)
            .send()
            .await
            .expect(200);
        assert!(head.bytes().is_empty());
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert_eq!(head.header("etag"), get.header("etag"));
    }
    let missing = app.request(Method::HEAD, "/nowhere").send().await.expect(404);
    assert!(missing.bytes().is_empty());
}

#[tokio::test]
async fn options_tells_the_methods_of_a_path() {
    let app = TestApp::start().await;
    let answer = app
        .request(Method::OPTIONS, "/api/v1/users/me")
        .send()
        .await
        .expect(204);
    assert_eq!(answer.header("allow"), Some("DELETE, GET, HEAD, OPTIONS, PATCH"));
    app.request(Method::OPTIONS, "/nowhere")
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
}
