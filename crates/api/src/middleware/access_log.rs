//! One line a request.

use std::time::Duration;

use actix_web::body::BodySize;

use super::exchange::Exchange;

/// Writes the access line. The query is left out: it may hold what nobody should read.
pub(super) fn write(exchange: &Exchange, status: u16, size: BodySize, took: Duration, quiet_health: bool) {
    let bytes = match size {
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::Stream => None,
    };
    let duration_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
    let client_ip = exchange.context.client_ip.map(tracing::field::display);
    let path = exchange.uri.path();
    // Level and target are fixed where a line is written, hence two of them.
    if quiet_health && status < 400 && is_health(path) {
        tracing::debug!(target: "mainstay::access", status, duration_ms, bytes, client_ip, path, "answered");
    } else {
        tracing::info!(target: "mainstay::access", status, duration_ms, bytes, client_ip, path, "answered");
    }
}

fn is_health(path: &str) -> bool {
    path.starts_with("/health") || path == "/api/v1/health"
}
