//! `/docs` and `/redoc`: served from the binary, with nothing from elsewhere.

use mainstay_testkit::TestApp;

/// Every `src` and `href` of a page.
fn references(page: &str) -> Vec<&str> {
    let after = |attribute: &'static str| {
        page.split(attribute)
            .skip(1)
            .filter_map(|rest| rest.split(['"', '\'']).nth(1))
    };
    after("src=").chain(after("href=")).collect()
}

#[tokio::test]
async fn both_pages_and_everything_they_load_come_from_here() {
    let app = TestApp::start().await;
    let to = app.get("/docs").send().await.expect(308);
    assert_eq!(to.header("location"), Some("/docs/"));
    for base in ["/docs/", "/redoc"] {
        let page = app.get(base).send().await.expect(200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        let html = page.text();
        let loaded = references(&html);
        assert!(!loaded.is_empty(), "{base} loads nothing");
        for reference in loaded {
            assert!(!reference.contains("//"), "{base} loads {reference}");
            let path = match reference.strip_prefix("./") {
                Some(file) => format!("/docs/{file}"),
                None if reference.starts_with('/') => reference.to_owned(),
                None => format!("/docs/{reference}"),
            };
            app.get(&path).send().await.expect(200);
        }
    }
}

#[tokio::test]
async fn the_pages_read_the_document_of_this_server() {
    let app = TestApp::start().await;
    assert!(app.get("/redoc").send().await.text().contains("/openapi.json"));
    let script = app
        .get("/docs/swagger-initializer.js")
        .send()
        .await
        .expect(200)
        .text();
    assert!(script.contains("/openapi.json"), "{script}");
    assert!(!script.contains("petstore"), "{script}");
    app.get("/docs/nothing.js")
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn scripts_are_packed_only_for_those_who_unpack_them() {
    let app = TestApp::start().await;
    for script in ["/docs/swagger-ui-bundle.js", "/redoc/redoc.standalone.js"] {
        let plain = app
            .get(script)
            .header("accept-encoding", "identity")
            .send()
            .await
            .expect(200);
        assert_eq!(plain.header("content-encoding"), None);
        assert!(plain.bytes().len() > 1_000_000, "{script}");
        let packed = app
            .get(script)
            .header("accept-encoding", "gzip")
            .send()
            .await
            .expect(200);
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{script}");
        assert_eq!(packed.header("vary"), Some("accept-encoding"), "{script}");
        assert!(packed.bytes().len() < plain.bytes().len() / 2, "{script}");
    }
}

#[tokio::test]
async fn documentation_that_is_switched_off_is_not_found() {
    let app = TestApp::with("server.docs_enabled", "false").start().await;
    for path in ["/docs", "/docs/", "/redoc", "/openapi.json"] {
        app.get(path).send().await.expect_problem(404, "NOT_FOUND");
    }
}
