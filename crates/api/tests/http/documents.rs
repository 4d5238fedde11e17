//! The OpenAPI document and its readers; compression; CORS.

use std::sync::Arc;

use actix_web::{
    http::Method,
    test::{TestRequest, init_service},
};
use mainstay_api::app::{Routes, build_management_app};

use crate::{
    product,
    support::{call, send, send_to, settings, state},
};

#[actix_web::test]
async fn every_operation_describes_the_errors_it_shares_with_others() {
    let answer = send(TestRequest::get().uri("/openapi.json")).await;
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        document["components"]["securitySchemes"]["bearer"]["scheme"],
        "bearer"
    );
    let create = &document["paths"]["/notes"]["post"]["responses"];
    for status in ["400", "409", "413", "415", "422", "500", "503"] {
        assert_eq!(
            create[status]["$ref"],
            format!("#/components/responses/Problem{status}")
        );
    }
    assert!(create.get("401").is_none());
    assert!(create["201"]["headers"]["X-Request-ID"].is_object());
    let delete = &document["paths"]["/notes/{id}"]["delete"]["responses"];
    assert!(delete["401"].is_object() && delete["403"].is_object() && delete.get("415").is_none());
    let shared = &document["components"]["responses"]["Problem422"]["content"];
    assert_eq!(
        shared["application/problem+json"]["schema"]["$ref"],
        "#/components/schemas/Problem"
    );
    assert!(document["components"]["schemas"]["Problem"]["properties"]["code"].is_object());
}

#[actix_web::test]
async fn the_document_is_not_sent_twice_to_the_same_client() {
    let state = state();
    let first = send_to(&settings(), &state, TestRequest::get().uri("/openapi.json")).await;
    let request = TestRequest::get().uri("/openapi.json");
    let tag = first.header("etag").to_owned();
    let again = send_to(&settings(), &state, request.insert_header(("if-none-match", tag))).await;
    assert_eq!(again.status.as_u16(), 304);
}

#[actix_web::test]
async fn both_readers_are_served_without_anything_from_outside() {
    let answer = send(TestRequest::get().uri("/docs")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (308, "/docs/")
    );
    for uri in [
        "/docs/",
        "/docs/swagger-ui-bundle.js",
        "/redoc",
        "/redoc/redoc.standalone.js",
    ] {
        let answer = send(TestRequest::get().uri(uri)).await;
        assert_eq!(answer.status.as_u16(), 200, "{uri}");
    }
    let page = send(TestRequest::get().uri("/docs/")).await;
    assert!(
        page.body.contains("swagger-ui") && !page.body.contains("https://"),
        "{}",
        page.body
    );
    assert!(
        page.header("content-security-policy")
            .contains("script-src 'self';")
    );
    let start = send(TestRequest::get().uri("/docs/swagger-initializer.js")).await;
    assert!(start.body.contains("/openapi.json"), "{}", start.body);
    assert_eq!(
        send(TestRequest::get().uri("/docs/nothing.js")).await.problem(),
        "NOT_FOUND"
    );
}

#[actix_web::test]
async fn documents_and_metrics_can_be_switched_off() {
    let mut settings = settings();
    settings.docs_enabled = false;
    settings.metrics_enabled = false;
    for uri in ["/docs", "/docs/", "/redoc", "/openapi.json", "/metrics"] {
        let answer = send_to(&settings, &state(), TestRequest::get().uri(uri)).await;
        assert_eq!(answer.problem(), "NOT_FOUND", "{uri}");
    }
}

#[actix_web::test]
async fn a_management_port_shows_documents_but_not_the_api() {
    let mut settings = settings();
    settings.docs_enabled = false;
    settings.metrics_enabled = false;
    let (state, products): (_, [Routes; 1]) = (state(), [Arc::new(product::configure)]);
    let app = init_service(build_management_app(&settings, &state, &products)).await;
    for (uri, status) in [
        ("/metrics", 200),
        ("/docs/", 200),
        ("/openapi.json", 200),
        ("/notes", 404),
    ] {
        let answer = call(&app, TestRequest::get().uri(uri)).await;
        assert_eq!(answer.status.as_u16(), status, "{uri}");
    }
    let document = call(&app, TestRequest::get().uri("/openapi.json")).await.json();
    assert!(document["paths"]["/notes"].is_object());
}

#[actix_web::test]
async fn only_bodies_worth_it_are_compressed() {
    let gzip = |uri| {
        TestRequest::get()
            .uri(uri)
            .insert_header(("accept-encoding", "gzip"))
    };
    let large = send(gzip("/large")).await;
    assert_eq!(large.header("content-encoding"), "gzip");
    assert_eq!(send(gzip("/health")).await.header("content-encoding"), "");
    assert_eq!(send(gzip("/nowhere")).await.problem(), "NOT_FOUND");
}

#[actix_web::test]
async fn browsers_may_call_from_listed_origins_only() {
    let mut settings = settings();
    settings.cors_origins = vec!["https://app.example".into()];
    let preflight = |origin| {
        TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/notes")
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", "POST"))
    };
    let good = send_to(&settings, &state(), preflight("https://app.example")).await;
    assert_eq!(good.header("access-control-allow-origin"), "https://app.example");
    let bad = send_to(&settings, &state(), preflight("https://evil.example")).await;
    assert_eq!(bad.header("access-control-allow-origin"), "");
    let simple = TestRequest::get()
        .uri("/health")
        .insert_header(("origin", "https://evil.example"));
    let answer = send_to(&settings, &state(), simple).await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.header("access-control-allow-origin")
        ),
        (200, "")
    );
}
