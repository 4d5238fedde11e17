//! What can be set about HTTP.

use std::{fmt, sync::Arc, time::Duration};

use actix_web::http::{StatusCode, header::HeaderMap};
use tracing::Span;

use crate::{
    extract::{CursorKey, TrustedProxies},
    middleware::BodyRate,
};

/// How large a JSON body may be, in octets; app data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    fn default() -> Self {
        Self(1024 * 1024)
    }
}

/// That pages may keep their refresh token in a cookie, and which pages; app data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieMode {
    /// The server's own origin, and those it allows, as browsers send them.
    pub origins: Vec<String>,
}

/// Settings of the HTTP side.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Origins that browsers may call from; `*` allows any, without credentials.
    pub cors_origins: Vec<String>,
    /// Whether pages may keep their refresh token in a cookie.
    pub cookie_mode: Option<CookieMode>,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: TrustedProxies,
    /// Largest JSON body.
    pub body_limit: BodyLimit,
    /// The least that bodies of any size bring.
    pub body_rate: BodyRate,
    /// Longest time a request may take.
    pub request_timeout: Duration,
    /// `Strict-Transport-Security` is sent with this `max-age`; only with HTTPS in front.
    pub hsts: Option<Duration>,
    /// Whether `/openapi.json`, `/docs` and `/redoc` are served.
    pub docs_enabled: bool,
    /// Whether `/metrics` is served.
    pub metrics_enabled: bool,
    /// Signs list cursors; the same on every replica.
    pub cursor_key: CursorKey,
    /// Where the pages behind mailed links send the browser, instead of asking themselves.
    pub front_end_url: Option<String>,
    /// Log health checks at debug level only.
    pub quiet_health: bool,
    /// Makes requests parts of the traces of their callers.
    pub trace: Option<Arc<dyn RequestTrace>>,
}

/// Sees the spans of requests.
pub trait RequestTrace: fmt::Debug + Send + Sync {
    /// A span was made for a request with these headers; nothing is in it yet.
    fn begin(&self, span: &Span, headers: &HeaderMap);

    /// The request is answered.
    fn end(&self, span: &Span, status: StatusCode);
}

impl Default for HttpSettings {
    /// For tests: nothing trusted, docs and metrics on, a fixed cursor key.
    fn default() -> Self {
        Self {
            cors_origins: Vec::new(),
            cookie_mode: None,
            trusted_proxies: TrustedProxies::default(),
            body_limit: BodyLimit::default(),
            body_rate: BodyRate::default(),
            request_timeout: Duration::from_secs(30),
            hsts: None,
            docs_enabled: true,
            metrics_enabled: true,
            cursor_key: CursorKey::new(b"only for tests"),
            front_end_url: None,
            quiet_health: false,
            trace: None,
        }
    }
}
