//! Which pages may call the API from a browser.

use mainstay_testkit::{TestApp, TestResponse};
use reqwest::Method;

const HOME: &str = "https://app.example.com";

async fn preflight(app: &TestApp, origin: &str) -> TestResponse {
    app.request(Method::OPTIONS, "/api/v1/users/me")
        .header("origin", origin)
        .header("access-control-request-method", "PATCH")
        .header(
            "access-control-request-headers",
            "authorization,content-type,if-match",
        )
        .send()
        .await
}

#[tokio::test]
async fn a_listed_origin_may_call_and_read_what_it_needs() {
    let app = TestApp::with("server.cors_origins", HOME).start().await;
    let answer = preflight(&app, HOME).await;
    assert!([200, 204].contains(&answer.status()));
    assert_eq!(answer.header("access-control-allow-origin"), Some(HOME));
    assert!(
        answer
            .header("access-control-allow-methods")
            .unwrap()
            .contains("PATCH")
    );
    let headers = answer
        .header("access-control-allow-headers")
        .unwrap()
        .to_lowercase();
    assert!(
        headers.contains("authorization") && headers.contains("if-match"),
        "{headers}"
    );
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let get = app.get("/health").header("origin", HOME).send().await.expect(200);
    assert_eq!(get.header("access-control-allow-origin"), Some(HOME));
    assert!(
        get.header("access-control-expose-headers")
            .unwrap()
            .to_lowercase()
            .contains("etag")
    );
    assert!(get.header("vary").unwrap().to_lowercase().contains("origin"));
}

#[tokio::test]
async fn errors_can_be_read_by_a_listed_origin_too() {
    let app = TestApp::with("server.cors_origins", HOME).start().await;
    for path in ["/nowhere", "/api/v1/users/me"] {
        let answer = app.get(path).header("origin", HOME).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(HOME), "{path}");
        assert!([401, 404].contains(&answer.status()));
    }
}

#[tokio::test]
async fn an_origin_that_is_not_listed_is_not_allowed() {
    let app = TestApp::with("server.cors_origins", HOME).start().await;
    for origin in [
        "https://evil.example.com",
        "https://app.example.com.evil.com",
        "http://app.example.com",
        "null",
    ] {
        assert_eq!(
            preflight(&app, origin)
                .await
                .header("access-control-allow-origin"),
            None,
            "{origin}"
        );
        let get = app.get("/health").header("origin", origin).send().await;
        assert_eq!(get.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[tokio::test]
async fn without_listed_origins_no_page_may_call() {
    let app = TestApp::start().await;
    assert_eq!(
        preflight(&app, HOME).await.header("access-control-allow-origin"),
        None
    );
    let get = app.get("/health").header("origin", HOME).send().await.expect(200);
    assert_eq!(get.header("access-control-allow-origin"), None);
}
