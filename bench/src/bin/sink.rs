//! A collector that takes everything: counts the log lines of OpenObserve's JSON ingestion, and the
//! requests of anything else. On 127.0.0.1 and `PORT`; `GET /taken` tells both.
#![allow(clippy::print_stdout, reason = "it is a program for scripts")]

use std::{
    env,
    error::Error,
    sync::atomic::{AtomicUsize, Ordering},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde::de::IgnoredAny;
use serde_json::json;

#[derive(Default)]
struct Taken {
    lines: AtomicUsize,
    requests: AtomicUsize,
}

async fn take(request: HttpRequest, body: web::Bytes, taken: web::Data<Taken>) -> HttpResponse {
    taken.requests.fetch_add(1, Ordering::Relaxed);
    if request.path().ends_with("/_json") {
        let Ok(lines) = serde_json::from_slice::<Vec<IgnoredAny>>(&body) else {
            return HttpResponse::BadRequest().finish();
        };
        taken.lines.fetch_add(lines.len(), Ordering::Relaxed);
    }
    HttpResponse::Ok().json(json!({}))
}

async fn tell(taken: web::Data<Taken>) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "lines": taken.lines.load(Ordering::Relaxed),
        "requests": taken.requests.load(Ordering::Relaxed),
    }))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::var("PORT")?.parse()?;
    let taken = web::Data::new(Taken::default());
    HttpServer::new(move || {
        App::new()
            .app_data(web::Data::clone(&taken))
            .app_data(web::PayloadConfig::new(16 << 20))
            .route("/health", web::get().to(HttpResponse::Ok))
            .route("/taken", web::get().to(tell))
            .default_service(web::post().to(take))
    })
    .workers(1)
    .bind(("127.0.0.1", port))?
    .run()
    .await?;
    Ok(())
}
