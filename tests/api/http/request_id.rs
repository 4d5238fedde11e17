//! One id that follows a request everywhere.

use mainstay_testkit::TestApp;

#[tokio::test]
async fn a_well_formed_id_is_echoed_in_headers_and_problems() {
    let app = TestApp::start().await;
    for header in ["x-request-id", "x-correlation-id"] {
        let answer = app.get("/nowhere").header(header, "order-7.retry_2").send().await;
        let problem = answer.expect_problem(404, "NOT_FOUND");
        assert_eq!(problem["request_id"], "order-7.retry_2");
        assert_eq!(answer.header("x-correlation-id"), Some("order-7.retry_2"));
    }
}

#[tokio::test]
async fn the_trace_id_of_a_traceparent_is_taken() {
    let app = TestApp::start().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let answer = app.get("/health").header("traceparent", parent).send().await;
    assert_eq!(answer.header("x-request-id"), Some(trace));
    let zero = format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32));
    let answer = app.get("/health").header("traceparent", zero).send().await;
    assert_eq!(answer.header("x-request-id").unwrap().len(), 36);
}

#[tokio::test]
async fn ids_that_could_break_out_of_a_log_line_are_replaced() {
    let app = TestApp::start().await;
    let long = "x".repeat(129);
    for bad in [
        "",
        "two words",
        "a\"b",
        "<script>",
        "a;b",
        "{}",
        "\u{e9}",
        "%0d%0a",
        long.as_str(),
    ] {
        let answer = app.get("/health").header("x-request-id", bad).send().await;
        let id = answer.header("x-request-id").unwrap();
        assert_ne!(id, bad);
        assert_eq!(id.len(), 36, "{id} is no UUID");
    }
}

#[tokio::test]
async fn every_request_without_an_id_gets_its_own() {
    let app = TestApp::start().await;
    let first = app.get("/health").send().await;
    let second = app.get("/health").send().await;
    assert!(first.header("x-request-id").is_some());
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}
