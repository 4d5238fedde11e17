//! No request takes for ever.

use std::time::Duration;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::error::{ApiError, ErrorCode};

/// The longest time until an answer begins; app data.
#[derive(Debug, Clone, Copy)]
pub struct RequestTimeout(pub Duration);

/// Answers 503 `TIMEOUT` when a handler takes too long. A body that is being streamed out is
/// not cut off: the clock stops when the answer begins.
///
/// # Errors
/// `TIMEOUT`, or what the inner services say.
pub async fn deadline<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let Some(RequestTimeout(limit)) = request.app_data().copied() else {
        return next.call(request).await;
    };
    match tokio::time::timeout(limit, next.call(request)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(ApiError::new(ErrorCode::TIMEOUT).into()),
    }
}
