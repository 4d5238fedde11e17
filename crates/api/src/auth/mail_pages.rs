//! The pages behind mailed links.
//!
//! A page asks before it does anything: scanners follow links in mails, and only the POST behind
//! the button uses the token, which stands in the fragment and so reaches no log. With a front
//! end configured the browser is sent there; it takes the fragment along.

use actix_web::{
    HttpResponse, Resource,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION},
    web::{self, Data, ServiceConfig},
};

/// Where the browser is sent instead, if anywhere; app data.
#[derive(Debug, Clone)]
pub(crate) struct FrontEnd(pub(crate) Option<String>);

const PAGE: &str = include_str!("../../assets/mailed/index.html");
const SCRIPT: &str = include_str!("../../assets/mailed/mailed.js");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The pages, named like the links that lead to them.
const PAGES: [&str; 5] = [
    "/verify-email",
    "/reset-password",
    "/change-email",
    "/sign-in",
    "/accept-invitation",
];

pub(super) fn mount(config: &mut ServiceConfig) {
    for page in PAGES {
        config.service(Resource::new(page).route(web::get().to(move |front_end| show(page, front_end))));
    }
    config.service(Resource::new("/mailed.js").route(web::get().to(script)));
}

async fn show(page: &'static str, front_end: Data<FrontEnd>) -> HttpResponse {
    if let Some(front_end) = &front_end.0 {
        return HttpResponse::Found()
            .insert_header((LOCATION, format!("{}{page}", front_end.trim_end_matches('/'))))
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish();
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}
