//! Headers that every answer carries.

use std::{sync::Arc, time::Duration};

use actix_web::{
    http::header::{
        CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, REFERRER_POLICY,
        STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS, X_XSS_PROTECTION,
    },
    web::Bytes,
};

use super::{
    request_id::{X_CORRELATION_ID, X_REQUEST_ID},
    small_bodies::IDENTITY,
};

/// Nothing may be loaded, and nobody may frame it: answers are data, not pages.
const CSP: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// The headers that depend on settings.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders {
    hsts: Option<HeaderValue>,
}

impl SecurityHeaders {
    pub(crate) fn new(hsts: Option<Duration>) -> Self {
        let value = |max_age: Duration| {
            HeaderValue::try_from(format!("max-age={}; includeSubDomains", max_age.as_secs())).ok()
        };
        Self {
            hsts: hsts.and_then(value),
        }
    }

    /// Sets them, leaving alone what a handler chose for itself.
    pub(crate) fn apply(&self, headers: &mut HeaderMap, request_id: &Arc<str>) {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(X_XSS_PROTECTION, HeaderValue::from_static("0"));
        if !headers.contains_key(X_FRAME_OPTIONS) {
            headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        }
        if !headers.contains_key(CONTENT_SECURITY_POLICY) {
            headers.insert(CONTENT_SECURITY_POLICY, CSP);
        }
        if !headers.contains_key(REFERRER_POLICY) {
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        if !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Some(hsts) = &self.hsts {
            headers.insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
        if headers.get(CONTENT_ENCODING) == Some(&IDENTITY) {
            headers.remove(CONTENT_ENCODING);
        }
        let id = Bytes::copy_from_slice(request_id.as_bytes());
        if let Ok(id) = HeaderValue::from_maybe_shared(id) {
            headers.insert(X_REQUEST_ID, id.clone());
            headers.insert(X_CORRELATION_ID, id);
        }
    }
}
