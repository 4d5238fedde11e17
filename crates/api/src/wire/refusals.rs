//! What is answered to a request that nobody could read.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::http::{
    Method, StatusCode,
    header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderValue},
};

use super::bare_head::BareHead;
use crate::{
    error::{ErrorCode, PROBLEM_JSON, Problem},
    middleware::{HttpMetrics, SecurityHeaders, request_id},
    settings::HttpSettings,
};

/// The route under which such requests are counted: they have none.
const ROUTE: &str = "unreadable";
/// Counted as `OTHER`: the method could not be read either.
const METHOD: Method = Method::TRACE;

/// Makes the problem documents of one worker.
pub struct Refusals {
    headers: SecurityHeaders,
    metrics: HttpMetrics,
}

impl Refusals {
    /// For these settings.
    #[must_use]
    pub fn new(settings: &HttpSettings) -> Self {
        Self {
            headers: SecurityHeaders::new(settings.hsts),
            metrics: HttpMetrics::new(),
        }
    }

    /// A whole answer in the place of a bare one. It is counted and logged like any other.
    pub(super) fn answer(&self, bare: &BareHead<'_>, long_line: bool, peer: Option<SocketAddr>) -> Vec<u8> {
        let code = code_for(bare.status, long_line);
        let id = request_id(&HeaderMap::new());
        let body = document(code, &id);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        if let Some(date) = bare.date.and_then(|date| HeaderValue::from_str(date).ok()) {
            headers.insert(DATE, date);
        }
        self.headers.apply(&mut headers, &id);
        self.record(code.status(), &id, peer);
        written(code.status(), &headers, &body)
    }

    fn record(&self, status: StatusCode, request_id: &Arc<str>, peer: Option<SocketAddr>) {
        let status = status.as_u16();
        self.metrics.record(&METHOD, ROUTE, status, Duration::ZERO);
        let client_ip = peer.map(|peer| tracing::field::display(peer.ip()));
        tracing::info!(target: "mainstay::access", status, client_ip, request_id = &**request_id, route = ROUTE, "refused");
    }
}

/// actix calls everything beyond its buffer too large a head; here the client learns which
/// part of it was.
fn code_for(status: StatusCode, long_line: bool) -> ErrorCode {
    if long_line && status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT {
        return ErrorCode::URI_TOO_LONG;
    }
    ErrorCode::for_status(status)
}

/// The path is not known, so the occurrence itself is the instance (RFC 9457 section 3.1.5).
fn document(code: ErrorCode, id: &str) -> String {
    let instance = format!("urn:uuid:{id}");
    let mut problem = Problem::of_code(code, &instance, id);
    if code == ErrorCode::BAD_REQUEST {
        problem.detail = "The request is not well-formed HTTP/1.1.";
    }
    problem.to_json()
}

fn written(status: StatusCode, headers: &HeaderMap, body: &str) -> Vec<u8> {
    let reason = status.canonical_reason().unwrap_or_default();
    let mut octets = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
    for (name, value) in headers {
        octets.extend_from_slice(name.as_str().as_bytes());
        octets.extend_from_slice(b": ");
        octets.extend_from_slice(value.as_bytes());
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"\r\n");
    octets.extend_from_slice(body.as_bytes());
    octets
}
