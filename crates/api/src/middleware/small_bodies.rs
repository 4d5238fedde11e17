//! Compression only where it pays.

use actix_web::{
    Error,
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{CONTENT_ENCODING, HeaderValue},
    middleware::Next,
};

/// Bodies below this fit into one packet anyway.
const FLOOR: u64 = 1024;
/// The mark that makes actix leave a body alone; [`super::Observe`] removes it.
pub(super) const IDENTITY: HeaderValue = HeaderValue::from_static("identity");

/// Keeps the compressor, which stands around this, away from small bodies.
///
/// # Errors
/// What the inner services say.
pub async fn spare_small_bodies<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let small = matches!(response.response().body().size(), BodySize::Sized(size) if size < FLOOR);
    if small && !response.headers().contains_key(CONTENT_ENCODING) {
        response.headers_mut().insert(CONTENT_ENCODING, IDENTITY);
    }
    Ok(response)
}
