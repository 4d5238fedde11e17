//! Whatever goes wrong is a problem document.

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use mainstay_api::error::{ErrorCode, errors_markdown};

use crate::support::{impatient, send, send_to, settings, state};

#[actix_web::test]
async fn an_unknown_path_is_not_found_as_a_problem() {
    let answer = send(TestRequest::get().uri("/nowhere?token=secret")).await;
    assert_eq!(answer.problem(), "NOT_FOUND");
    assert_eq!(answer.json()["instance"], "/nowhere");
}

#[actix_web::test]
async fn a_wrong_method_is_told_which_methods_there_are() {
    let answer = send(TestRequest::put().uri("/notes")).await;
    assert_eq!(answer.problem(), "METHOD_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS, POST");
    let answer = send(TestRequest::post().uri("/notes/123")).await;
    assert_eq!(answer.problem(), "METHOD_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), "DELETE, GET, HEAD, OPTIONS, PATCH");
    let answer = send(TestRequest::post().uri("/docs")).await;
    assert_eq!(answer.problem(), "METHOD_NOT_ALLOWED");
}

#[actix_web::test]
async fn options_and_head_are_answered_on_every_route() {
    let answer = send(TestRequest::default().method(Method::OPTIONS).uri("/notes")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS, POST");
    let answer = send(TestRequest::default().method(Method::HEAD).uri("/health")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = send(TestRequest::default().method(Method::HEAD).uri("/nowhere")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_panic_is_an_internal_error_without_its_message() {
    let answer = send(
        TestRequest::get()
            .uri("/panic")
            .insert_header(("x-request-id", "abc-1")),
    )
    .await;
    assert_eq!(answer.problem(), "INTERNAL");
    assert_eq!(answer.header("x-request-id"), "abc-1");
    assert!(!answer.body.contains("secret"), "{}", answer.body);
}

#[actix_web::test]
async fn a_request_that_takes_too_long_is_cut_off() {
    let mut settings = impatient();
    settings.cors_origins = vec!["https://app.example".into()];
    let request = TestRequest::get()
        .uri("/slow")
        .insert_header(("origin", "https://app.example"));
    let answer = send_to(&settings, &state(), request).await;
    assert_eq!(answer.problem(), "TIMEOUT");
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://app.example"
    );
}

#[actix_web::test]
async fn an_error_that_actix_made_keeps_its_status_only() {
    let answer = send(TestRequest::post().uri("/foreign")).await;
    assert_eq!(answer.problem(), "NOT_ACCEPTABLE");
    assert!(!answer.body.contains("select"), "{}", answer.body);
}

#[actix_web::test]
async fn a_product_may_answer_with_codes_of_its_own() {
    let request = TestRequest::post()
        .uri("/notes")
        .set_json(serde_json::json!({"title": "locked"}));
    let answer = send(request).await;
    assert_eq!(answer.problem(), "NOTE_LOCKED");
    assert_eq!(answer.status.as_u16(), 423);
}

#[actix_web::test]
async fn every_answer_carries_the_security_headers() {
    let mut settings = settings();
    settings.hsts = Some(std::time::Duration::from_secs(60));
    let answer = send_to(&settings, &state(), TestRequest::get().uri("/health")).await;
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; frame-ancestors 'none'"
    );
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-xss-protection"), "0");
    assert_eq!(
        answer.header("strict-transport-security"),
        "max-age=60; includeSubDomains"
    );
    assert_eq!(answer.header("content-encoding"), "");
}

#[test]
fn every_error_code_is_unique_and_documented() {
    let text = errors_markdown();
    let mut seen = std::collections::BTreeSet::new();
    for code in ErrorCode::ALL {
        assert!(seen.insert(code.as_str()), "{} is listed twice", code.as_str());
        assert!(text.contains(&format!("| `{}` | {} |", code.as_str(), code.status().as_u16())));
        assert!(code.meaning().ends_with('.'), "{} has no sentence", code.as_str());
    }
}
