//! No request takes for ever.

use std::{pin::pin, time::Duration};

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use tokio::time::timeout_at;

use super::patience::{BodyRate, Patience};
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
    let least = request.app_data::<BodyRate>().copied().unwrap_or_default();
    let patience = Patience::new(limit).with_rate(least);
    request.extensions_mut().insert(patience.clone());
    let mut answer = pin!(next.call(request));
    loop {
        let until = patience.until();
        match timeout_at(until, &mut answer).await {
            Ok(outcome) => return outcome,
            Err(_) if patience.until() > until => {}
            Err(_) => return Err(ApiError::new(ErrorCode::TIMEOUT).into()),
        }
    }
}
