//! Conditional requests.

use actix_web::test::TestRequest;

use crate::support::{Answer, send};

const URI: &str = "/notes/00000000-0000-0000-0000-000000000001";
const TAG: &str = "\"00000000-0000-0000-0000-000000000001.3\"";

async fn patch(if_match: &str) -> Answer {
    let request = TestRequest::patch().uri(URI).set_json(serde_json::json!({}));
    send(request.insert_header(("if-match", if_match))).await
}

#[actix_web::test]
async fn a_change_needs_one_of_the_listed_tags() {
    for good in [
        TAG.to_owned(),
        format!("\"a,b\", {TAG}"),
        "*".to_owned(),
        format!("W/\"x\" , {TAG},"),
    ] {
        let answer = patch(&good).await;
        assert_eq!(answer.status.as_u16(), 200, "{good}");
        assert_eq!(answer.header("etag"), TAG);
    }
    for stale in [
        "\"other\"".to_owned(),
        format!("W/{TAG}"),
        TAG.replace(".3", ".2"),
    ] {
        assert_eq!(patch(&stale).await.problem(), "PRECONDITION_FAILED", "{stale}");
    }
    for broken in ["abc", "\"a", "\"a\" \"b\"", "W/", "\"a\", b"] {
        assert_eq!(patch(broken).await.problem(), "INVALID_HEADER", "{broken}");
    }
}

#[actix_web::test]
async fn the_version_a_client_has_seen_is_read_from_its_tag() {
    assert_eq!(patch(TAG).await.json()["seen"], 3);
    assert!(patch("*").await.json()["seen"].is_null());
}

#[actix_web::test]
async fn a_client_that_has_the_newest_version_gets_no_body() {
    for tag in [TAG.to_owned(), format!("W/{TAG}"), "*".to_owned()] {
        let answer = send(TestRequest::get().uri(URI).insert_header(("if-none-match", tag))).await;
        assert_eq!(answer.status.as_u16(), 304);
        assert_eq!((answer.header("etag"), answer.body.as_str()), (TAG, ""));
    }
    let answer = send(
        TestRequest::get()
            .uri(URI)
            .insert_header(("if-none-match", "\"old\"")),
    )
    .await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, TAG));
}
