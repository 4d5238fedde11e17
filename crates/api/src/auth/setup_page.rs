//! `GET /setup`: the page behind the first-administrator link.
//!
//! The token stays in the fragment of the link, so that it appears in no log, and only the
//! POST behind the button consumes it.

use actix_web::{HttpResponse, get, http::header::CONTENT_SECURITY_POLICY};

const PAGE: &str = include_str!("../../assets/setup/index.html");
const SCRIPT: &str = include_str!("../../assets/setup/setup.js");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

#[get("/setup")]
pub(super) async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}

#[get("/setup.js")]
pub(super) async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}
