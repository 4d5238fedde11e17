//! Creating POSTs that are repeated.

use std::time::{Duration, Instant};

use actix_web::test::TestRequest;
use mainstay_api::{HttpSettings, app::ApiState};
use serde_json::json;

use crate::{
    product::SLOW_MAY_GO,
    support::{Answer, impatient, send, send_to, settings, state},
};

async fn create(state: &ApiState, key: &str, title: &str) -> Answer {
    create_by(&settings(), state, key, title).await
}

async fn create_by(settings: &HttpSettings, state: &ApiState, key: &str, title: &str) -> Answer {
    let request = TestRequest::post()
        .uri("/notes")
        .insert_header(("idempotency-key", key));
    send_to(settings, state, request.set_json(json!({ "title": title }))).await
}

#[actix_web::test]
async fn a_repeated_request_gets_the_first_answer_again() {
    let state = state();
    let first = create(&state, "key", "a").await;
    let again = create(&state, "key", "a").await;
    assert_eq!(
        (first.status.as_u16(), first.header("idempotency-replayed")),
        (201, "")
    );
    assert_eq!(
        (again.status.as_u16(), again.header("idempotency-replayed")),
        (201, "true")
    );
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(first.header("etag"), again.header("etag"));
    assert_ne!(create(&state, "other", "a").await.body, first.body);
}

#[actix_web::test]
async fn a_key_reused_for_another_body_is_refused() {
    let state = state();
    create(&state, "key", "a").await;
    assert_eq!(
        create(&state, "key", "b").await.problem(),
        "IDEMPOTENCY_KEY_REUSED"
    );
}

#[actix_web::test]
async fn a_refusal_is_repeated_word_for_word() {
    let state = state();
    let first = create(&state, "key", "locked").await;
    let again = create(&state, "key", "locked").await;
    assert_eq!(first.problem(), "NOTE_LOCKED");
    assert_eq!((again.status, again.body), (first.status, first.body));
}

#[actix_web::test]
async fn a_server_error_gives_the_key_back() {
    let state = state();
    let first = create(&state, "key", "broken").await;
    let again = create(&state, "key", "broken").await;
    assert_eq!(first.problem(), "UNAVAILABLE");
    assert_eq!(again.header("idempotency-replayed"), "");
    assert_ne!(first.json()["detail"], again.json()["detail"]);
}

#[actix_web::test]
async fn work_goes_on_after_the_time_limit_and_is_found_later() {
    let state = state();
    let cut_off = create_by(&impatient(), &state, "key", "slow").await;
    assert_eq!(cut_off.problem(), "TIMEOUT");
    let meanwhile = create(&state, "key", "slow").await;
    assert_eq!(meanwhile.problem(), "IDEMPOTENCY_IN_PROGRESS");
    assert_eq!(meanwhile.header("retry-after"), "1");
    SLOW_MAY_GO.notify_one();
    let begun = Instant::now();
    let found = loop {
        let answer = create(&state, "key", "slow").await;
        if answer.status.as_u16() != 409 {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the work does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(
        (found.status.as_u16(), found.header("idempotency-replayed")),
        (201, "true")
    );
}

#[actix_web::test]
async fn keys_that_are_not_visible_ascii_are_refused() {
    let long = "k".repeat(256);
    for key in ["", "a b", long.as_str()] {
        let request = TestRequest::post()
            .uri("/notes")
            .insert_header(("idempotency-key", key));
        let answer = send(request.set_json(json!({ "title": "a" }))).await;
        assert_eq!(answer.problem(), "INVALID_HEADER", "{key:?}");
    }
}
