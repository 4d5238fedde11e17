//! One id that follows a request everywhere.

use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderName};
use uuid::Uuid;

use crate::now;

pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(super) const X_CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The id the client sent, if it is harmless, else a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> Arc<str> {
    let sent = [X_REQUEST_ID, X_CORRELATION_ID]
        .iter()
        .find_map(|name| headers.get(name)?.to_str().ok().filter(|id| is_harmless(id)))
        .or_else(|| trace_id(headers));
    if let Some(id) = sent {
        return Arc::from(id);
    }
    let mut buffer = Uuid::encode_buffer();
    Arc::from(&*now::request_id().hyphenated().encode_lower(&mut buffer))
}

/// The id goes into headers and log lines: nothing that could break out of either.
fn is_harmless(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=128).contains(&id.len()) && id.bytes().all(plain)
}

/// The trace id of a W3C trace context.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get(TRACEPARENT)?.to_str().ok()?.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let hex = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let well_formed = version.len() == 2 && hex(version) && version != "ff";
    let known = trace.len() == 32 && hex(trace) && trace.bytes().any(|b| b != b'0');
    (well_formed && known).then_some(trace)
}
