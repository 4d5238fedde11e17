//! `GET /metrics`.

use mainstay_testkit::TestApp;

#[tokio::test]
async fn requests_are_counted_by_the_pattern_of_their_route() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    app.get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    app.get("/nowhere/at/all").send().await.expect(404);
    let metrics = app.get("/metrics").send().await.expect(200);
    assert!(metrics.header("content-type").unwrap().starts_with("text/plain"));
    let text = metrics.text();
    let line = |parts: &[&str]| {
        text.lines()
            .any(|line| parts.iter().all(|part| line.contains(part)))
    };
    let name = "mainstay_http_requests_total";
    assert!(
        line(&[
            name,
            "route=\"/api/v1/users/{id}\"",
            "method=\"GET\"",
            "status=\"200\""
        ]),
        "{text}"
    );
    assert!(line(&[name, "route=\"unmatched\"", "status=\"404\""]), "{text}");
    assert!(
        !text.contains(&ada.id) && !text.contains("/nowhere/at/all"),
        "labels name no single request"
    );
    assert!(line(&["mainstay_http_request_duration_seconds"]));
    assert!(line(&["mainstay_http_requests_in_flight"]));
}

#[tokio::test]
async fn metrics_that_are_switched_off_are_not_found() {
    let app = TestApp::with("server.metrics_enabled", "false").start().await;
    app.get("/metrics").send().await.expect_problem(404, "NOT_FOUND");
}
