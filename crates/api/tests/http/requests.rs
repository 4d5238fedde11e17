//! Bodies, queries and ids that cannot be used.

use actix_web::test::TestRequest;
use mainstay_api::BodyLimit;

use crate::support::{Answer, send, send_to, settings, state};

async fn post(body: impl Into<actix_web::web::Bytes>) -> Answer {
    let request = TestRequest::post()
        .uri("/notes")
        .insert_header(("content-type", "application/json"));
    send(request.set_payload(body.into())).await
}

#[actix_web::test]
async fn a_body_that_is_not_json_is_refused_by_its_type() {
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let request = TestRequest::post()
            .uri("/notes")
            .insert_header(("content-type", kind));
        let answer = send(request.set_payload("{}")).await;
        assert_eq!(answer.problem(), "UNSUPPORTED_MEDIA_TYPE", "{kind}");
    }
    let request = TestRequest::post()
        .uri("/notes")
        .set_json("{}")
        .insert_header(("content-encoding", "gzip"));
    assert_eq!(send(request).await.problem(), "UNSUPPORTED_MEDIA_TYPE");
}

#[actix_web::test]
async fn json_types_with_parameters_and_suffixes_are_taken() {
    for kind in ["Application/JSON; charset=utf-8", "application/merge-patch+json"] {
        let request = TestRequest::post()
            .uri("/notes")
            .insert_header(("content-type", kind));
        let answer = send(request.set_payload(r#"{"title":"a"}"#)).await;
        assert_eq!(answer.status.as_u16(), 201, "{kind}: {}", answer.body);
    }
}

#[actix_web::test]
async fn a_body_above_the_limit_is_too_large() {
    let mut settings = settings();
    settings.body_limit = BodyLimit(64);
    let long = format!(r#"{{"title":"{}"}}"#, "a".repeat(100));
    let request = TestRequest::post()
        .uri("/notes")
        .insert_header(("content-type", "application/json"));
    let answer = send_to(&settings, &state(), request.set_payload(long)).await;
    assert_eq!(answer.problem(), "PAYLOAD_TOO_LARGE");
}

#[actix_web::test]
async fn bodies_that_are_not_well_formed_are_malformed() {
    let deep = format!(r#"{{"title":{}{}}}"#, "[".repeat(500), "]".repeat(500));
    for body in [
        "",
        "{",
        "{\"title\":NaN}",
        "nonsense",
        "{\"title\":\"a\"} {}",
        deep.as_str(),
    ] {
        let code = post(body.to_owned()).await.problem();
        // Depth may also show as a wrong type first; both are the client's fault.
        assert!(
            ["MALFORMED_JSON", "VALIDATION_FAILED"].contains(&code.as_str()),
            "{body}: {code}"
        );
    }
    assert_eq!(post("{").await.problem(), "MALFORMED_JSON");
    assert_eq!(
        post(vec![b'{', b'"', 0xff, b'"', b':', b'1', b'}'])
            .await
            .problem(),
        "MALFORMED_JSON"
    );
}

#[actix_web::test]
async fn fields_of_the_wrong_shape_are_named_with_their_path() {
    let cases = [
        (r"{}", "title: REQUIRED"),
        (r#"{"title":1}"#, "title: INVALID_TYPE"),
        (r#"{"title":"a","role":"admin"}"#, "role: UNKNOWN_FIELD"),
        (r#"{"title":"a","title":"b"}"#, "title: DUPLICATE_FIELD"),
        (
            r#"{"title":"a","lines":[{"indent":1},{"indent":"x"}]}"#,
            "lines[1].indent: INVALID_TYPE",
        ),
        (r#"{"title":"a","lines":[{}]}"#, "lines[0].indent: REQUIRED"),
        (
            r#"{"title":"a","lines":[{"indent":1,"x":2}]}"#,
            "lines[0].x: UNKNOWN_FIELD",
        ),
        (r"[]", "body: INVALID_TYPE"),
        (r"7", "body: INVALID_TYPE"),
    ];
    for (body, expected) in cases {
        let answer = post(body).await;
        assert_eq!(answer.problem(), "VALIDATION_FAILED", "{body}");
        assert_eq!(answer.fields(), [expected], "{body}");
    }
}

#[actix_web::test]
async fn every_broken_rule_is_told_without_the_value() {
    let answer = post(r#"{"title":"","secret":"hunter2","lines":[{"indent":9}]}"#).await;
    assert_eq!(answer.problem(), "VALIDATION_FAILED");
    let expected = [
        "lines[0].indent: OUT_OF_RANGE",
        "secret: INVALID_LENGTH",
        "title: INVALID_LENGTH",
    ];
    assert_eq!(answer.fields(), expected);
    assert!(!answer.body.contains("hunter2"), "{}", answer.body);
}

#[actix_web::test]
async fn an_id_that_is_no_uuid_is_refused() {
    let answer = send(TestRequest::get().uri("/notes/12")).await;
    assert_eq!(answer.problem(), "VALIDATION_FAILED");
    assert_eq!(answer.fields(), ["id: INVALID_ID"]);
}

#[actix_web::test]
async fn a_merge_patch_tells_absent_from_null() {
    let uri = "/notes/00000000-0000-0000-0000-000000000001";
    let cases = [
        ("{}", "None"),
        (r#"{"title":null}"#, "Some(None)"),
        (r#"{"title":"a"}"#, "Some(Some(\"a\"))"),
    ];
    for (body, expected) in cases {
        let request = TestRequest::patch()
            .uri(uri)
            .insert_header(("content-type", "application/json"));
        assert_eq!(
            send(request.set_payload(body)).await.json()["change"],
            expected,
            "{body}"
        );
    }
}
