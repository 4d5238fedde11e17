//! No request takes for ever.

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use tokio::time::{Instant, timeout_at};

use crate::error::{ApiError, ErrorCode};

/// The longest time until an answer begins; app data.
#[derive(Debug, Clone, Copy)]
pub struct RequestTimeout(pub Duration);

/// How long a request may still take; in its extensions. A handler that reads a body of any size
/// renews it with every part that comes, so that only one that stands still runs out of time.
#[derive(Debug, Clone)]
pub struct Patience {
    limit: Duration,
    until: Rc<Cell<Instant>>,
}

impl Patience {
    /// Patience that begins now.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self {
            limit,
            until: Rc::new(Cell::new(Instant::now() + limit)),
        }
    }

    /// How long it lasts each time.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Begins anew.
    pub fn renew(&self) {
        self.until.set(Instant::now() + self.limit);
    }

    /// Lasts for `time` from now on: for work that sees to its end itself.
    pub fn extend(&self, time: Duration) {
        self.until.set(Instant::now() + time.max(self.limit));
    }
}

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
    let patience = Patience::new(limit);
    request.extensions_mut().insert(patience.clone());
    let mut answer = pin!(next.call(request));
    loop {
        let until = patience.until.get();
        match timeout_at(until, &mut answer).await {
            Ok(outcome) => return outcome,
            Err(_) if patience.until.get() > until => {}
            Err(_) => return Err(ApiError::new(ErrorCode::TIMEOUT).into()),
        }
    }
}
