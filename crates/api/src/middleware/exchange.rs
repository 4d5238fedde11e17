//! What is known about a request while it is under way.

use std::{net::IpAddr, sync::Arc, time::Instant};

use actix_web::{
    HttpMessage as _,
    dev::ServiceRequest,
    http::{
        Method, Uri,
        header::{AUTHORIZATION, HeaderMap, HeaderValue, ORIGIN},
    },
    web::Data,
};
use tracing::Span;

use super::{metrics::label, request_id::request_id};
use crate::{
    extract::{API_KEY, TrustedProxies},
    fallback::RouteTable,
};

/// What handlers may know about the request; in its extensions.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Finds the request in the logs.
    pub request_id: Arc<str>,
    /// Client address, after trusted proxies.
    pub client_ip: Option<IpAddr>,
    /// Whether only the head of the answer is wanted.
    pub is_head: bool,
}

/// A request under way, as the outermost middleware sees it.
///
/// It copies what the answer needs: the router wants to be the only owner of the request, and
/// after a panic or a timeout there is no request left to ask.
pub(super) struct Exchange {
    pub(super) started: Instant,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) route: Option<String>,
    pub(super) context: RequestContext,
    pub(super) origin: Option<HeaderValue>,
    pub(super) sent_token: bool,
    pub(super) span: Span,
}

impl Exchange {
    pub(super) fn begin(request: &mut ServiceRequest, proxies: &TrustedProxies) -> Self {
        let headers = request.headers();
        let context = RequestContext {
            request_id: request_id(headers),
            client_ip: proxies.client_ip(request.peer_addr(), headers),
            is_head: request.method() == Method::HEAD,
        };
        let route = request.match_pattern();
        let exchange = Self {
            started: Instant::now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            origin: headers.get(ORIGIN).cloned(),
            sent_token: sends_token(headers),
            span: span(request.method(), route.as_deref(), &context.request_id),
            route,
            context,
        };
        request.extensions_mut().insert(exchange.context.clone());
        answer_head_like_get(request);
        exchange
    }

    pub(super) fn route(&self) -> &str {
        self.route.as_deref().unwrap_or("unmatched")
    }
}

/// Whether a bearer token or an API key came with the request, valid or not.
fn sends_token(headers: &HeaderMap) -> bool {
    if headers.contains_key(API_KEY) {
        return true;
    }
    let scheme = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.as_bytes().get(..7));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
}

fn span(method: &Method, route: Option<&str>, request_id: &str) -> Span {
    tracing::info_span!(
        "http.request",
        // Clients may invent methods of any length, and spans wait in memory.
        method = label(method),
        route = route.unwrap_or("unmatched"),
        request_id,
        code = tracing::field::Empty,
        user_id = tracing::field::Empty,
        session_id = tracing::field::Empty,
        api_key_id = tracing::field::Empty,
    )
}

/// HEAD is GET without the body (RFC 9110 section 9.3.2); actix leaves the body out by itself.
/// Routes that have a HEAD handler of their own keep it.
fn answer_head_like_get(request: &mut ServiceRequest) {
    if request.method() != Method::HEAD {
        return;
    }
    let table = request.app_data::<Data<RouteTable>>();
    if table.is_some_and(|table| table.wants_get_for_head(request.path())) {
        request.head_mut().method = Method::GET;
    }
}
