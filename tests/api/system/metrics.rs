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
async fn refusals_and_connections_and_the_process_are_measured() {
    let app = TestApp::start().await;
    let wrong = serde_json::json!({ "email": "ada@example.com", "password": "not the right one" });
    app.post("/api/v1/auth/login")
        .json(wrong)
        .send()
        .await
        .expect(401);
    let wanted = [
        "mainstay_problems_total{code=\"INVALID_CREDENTIALS\"}",
        "mainstay_db_connections{state=\"max\"}",
        "mainstay_process_resident_memory_bytes",
        "mainstay_process_open_files",
    ];
    // They are measured every few seconds, first when the server starts.
    for _ in 0..300 {
        let metrics = app.get("/metrics").send().await.expect(200);
        let text = metrics.text();
        if wanted.iter().all(|line| text.contains(line)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("not all of {wanted:?} are there");
}

#[tokio::test]
async fn metrics_that_are_switched_off_are_not_found() {
    let app = TestApp::with("server.metrics_enabled", "false").start().await;
    app.get("/metrics").send().await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn requests_whose_caller_is_remembered_and_those_that_are_looked_up_are_counted() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let wanted = [
        "mainstay_principal_cache_hits_total ",
        "mainstay_principal_cache_misses_total ",
        "mainstay_principal_cache_entries ",
    ];
    // Whoever is remembered is forgotten after a second; entries are measured every few seconds.
    for _ in 0..300 {
        for _ in 0..2 {
            let me = app.get("/api/v1/users/me").bearer(&ada.access_token);
            me.send().await.expect(200);
        }
        let metrics = app.get("/metrics").send().await.expect(200);
        let text = metrics.text();
        let counted = |name: &&str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.is_some_and(|count| name.contains("entries") || count != "0")
        };
        if wanted.iter().all(counted) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("not all of {wanted:?} were counted");
}
