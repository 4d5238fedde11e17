//! Calls to other servers, as traces see them.

use reqwest::{Client, Request, RequestBuilder, Response};
use tracing::{Instrument, Span, field::Empty};

/// Sends a request within a span of its own, and tells the other server which trace it belongs to
/// (W3C Trace Context), if this one is traced.
///
/// # Errors
/// What the client says.
pub(crate) async fn send(client: &Client, mut request: Request) -> reqwest::Result<Response> {
    // Neither path nor query: they may hold what nobody should read.
    let span = tracing::debug_span!(
        "http.client",
        host = request.url().host_str(),
        method = request.method().as_str(),
        status = Empty,
    );
    async {
        #[cfg(feature = "traces")]
        add_context(&mut request);
        let response = client.execute(request).await?;
        Span::current().record("status", response.status().as_u16());
        Ok(response)
    }
    .instrument(span)
    .await
}

/// [`send`] for a request that knows its client.
///
/// # Errors
/// What the client says.
pub(crate) async fn send_built(request: RequestBuilder) -> reqwest::Result<Response> {
    let (client, request) = request.build_split();
    send(&client, request?).await
}

#[cfg(feature = "traces")]
fn add_context(request: &mut Request) {
    use opentelemetry::propagation::Injector;
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    struct Headers<'a>(&'a mut HeaderMap);

    impl Injector for Headers<'_> {
        fn set(&mut self, key: &str, value: String) {
            let name = HeaderName::from_bytes(key.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
                self.0.insert(name, value);
            }
        }
    }

    opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.inject(&mut Headers(request.headers_mut()));
    });
}
