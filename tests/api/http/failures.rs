//! What clients see of a handler that fails.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use mainstay_testkit::{TestApp, TestAppBuilder};

/// A product whose handlers break in every way.
fn broken() -> TestAppBuilder {
    TestApp::builder().product(|server| {
        server.routes(|config, _| {
            config.map(|config| {
                config
                    .route("/panic", web::get().to(panics))
                    .route("/slow", web::get().to(sleeps))
                    .route("/leak", web::get().to(leaks))
                    .route("/teapot", web::get().to(bare_418))
            });
        })
    })
}

async fn panics() -> HttpResponse {
    panic!("the secret of this handler");
}

async fn sleeps() -> HttpResponse {
    tokio::time::sleep(Duration::from_secs(20)).await;
    HttpResponse::Ok().finish()
}

async fn leaks() -> HttpResponse {
    HttpResponse::InternalServerError().body("SELECT secret FROM users")
}

async fn bare_418() -> HttpResponse {
    HttpResponse::ImATeapot().finish()
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing_and_the_server_goes_on() {
    let app = broken().start().await;
    for _ in 0..3 {
        let answer = app.get("/panic").send().await;
        answer.expect_problem(500, "INTERNAL");
        assert!(!answer.text().contains("secret"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    app.get("/health").send().await.expect(200);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_in_time() {
    let app = broken().with("server.request_timeout", "200ms").start().await;
    let answer = app.get("/slow").send().await;
    answer.expect_problem(503, "TIMEOUT");
}

#[tokio::test]
async fn what_a_handler_says_about_an_internal_error_stays_inside() {
    let app = broken().start().await;
    let answer = app.get("/leak").send().await;
    answer.expect_problem(500, "INTERNAL");
    assert!(!answer.text().contains("SELECT"));
    let answer = app.get("/teapot").send().await;
    answer.expect_problem(418, "BAD_REQUEST");
}
