//! How long a client may take.

use std::{cell::Cell, future::Future, rc::Rc, time::Duration};

use actix_web::web::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::time::{Instant, timeout};

use crate::error::{ApiError, ErrorCode};

/// The least octets a second of a body, on average over the longest time that it may stand still;
/// 0 asks for none. App data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BodyRate(pub u64);

/// How long a request may still take; in its extensions. A handler that reads a body of any size
/// renews it with every part that comes, so that only one that stands still, or drips, runs out of
/// time.
#[derive(Debug, Clone)]
pub struct Patience {
    limit: Duration,
    least: BodyRate,
    until: Rc<Cell<Instant>>,
    /// How long the client may still be waited for.
    left: Rc<Cell<Duration>>,
}

impl Patience {
    /// Patience that begins now, with bodies as slow as they are while they do not stand still.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self {
            limit,
            least: BodyRate(0),
            until: Rc::new(Cell::new(Instant::now() + limit)),
            left: Rc::new(Cell::new(for_clients(limit))),
        }
    }

    /// The same with bodies that bring so much.
    #[must_use]
    pub fn with_rate(self, least: BodyRate) -> Self {
        Self { least, ..self }
    }

    /// How long it lasts each time.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// When it ends, unless it is renewed until then.
    pub(super) fn until(&self) -> Instant {
        self.until.get()
    }

    /// Begins anew.
    pub fn renew(&self) {
        self.until.set(Instant::now() + self.limit);
    }

    /// Lasts for `time` from now on: for work that sees to its end itself.
    pub fn extend(&self, time: Duration) {
        self.until.set(Instant::now() + time.max(self.limit));
    }

    /// The next part of a body, or nothing at its end. Only the time that the client is waited for
    /// counts, and what it brings earns it more: never more than it had at the beginning, so that
    /// nobody saves up for a rest.
    ///
    /// # Errors
    /// `REQUEST_TIMEOUT`.
    pub async fn next_part<S, E>(&self, body: &mut S) -> Result<Option<Result<Bytes, E>>, ApiError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let part = self.wait(body.next()).await?;
        if let Some(Ok(octets)) = &part {
            self.earn(octets.len());
        }
        Ok(part)
    }

    /// Waits for something of the client's that earns it nothing.
    ///
    /// # Errors
    /// `REQUEST_TIMEOUT`, a moment before the deadline around the handler, which could only say that
    /// the handler was slow.
    pub async fn wait<F: Future>(&self, coming: F) -> Result<F::Output, ApiError> {
        let begun = Instant::now();
        let came = timeout(self.left.get(), coming).await;
        self.left.set(self.left.get().saturating_sub(begun.elapsed()));
        came.map_err(|_| ApiError::new(ErrorCode::REQUEST_TIMEOUT))
    }

    /// Waits for the client as long as at the beginning again.
    pub fn forgive(&self) {
        self.left.set(for_clients(self.limit));
    }

    fn earn(&self, octets: usize) {
        let most = for_clients(self.limit);
        let earned = match self.least.0 {
            0 => most,
            least => Duration::from_secs_f64(octets as f64 / least as f64),
        };
        self.left.set(most.min(self.left.get().saturating_add(earned)));
    }
}

/// Less than the deadline around the handler grants.
fn for_clients(limit: Duration) -> Duration {
    limit.mul_f64(0.9)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    /// What is left after the client was waited for and brought something.
    fn left(patience: &Patience, waited: u64, octets: usize) -> Duration {
        let rest = patience.left.get().saturating_sub(Duration::from_secs(waited));
        patience.left.set(rest);
        patience.earn(octets);
        patience.left.get()
    }

    #[test]
    fn what_a_body_brings_earns_it_time_but_never_more_than_it_had() {
        let patience = Patience::new(LIMIT).with_rate(BodyRate(1_000));
        assert_eq!(left(&patience, 5, 1_000), Duration::from_secs(5));
        assert_eq!(left(&patience, 3, 0), Duration::from_secs(2));
        assert_eq!(left(&patience, 1, 3_000), Duration::from_secs(4));
        assert_eq!(left(&patience, 0, 1_000_000_000), Duration::from_secs(9));
        for _ in 0..9 {
            left(&patience, 1, 1);
        }
        assert!(
            patience.left.get() < Duration::from_millis(10),
            "one octet a second is no body"
        );
    }

    #[test]
    fn without_a_rate_every_octet_earns_all_the_time_there_is() {
        let patience = Patience::new(LIMIT);
        for _ in 0..100 {
            assert_eq!(left(&patience, 8, 1), Duration::from_secs(9));
        }
    }

    #[tokio::test]
    async fn a_body_that_never_comes_is_waited_for_as_long_as_is_left() {
        let patience = Patience::new(Duration::from_millis(20));
        let mut body = futures::stream::pending::<Result<Bytes, ()>>();
        let refused = patience.next_part(&mut body).await;
        assert!(refused.is_err_and(|error| error.code() == ErrorCode::REQUEST_TIMEOUT));
        patience.forgive();
        assert_eq!(patience.wait(async { 1 }).await.ok(), Some(1));
    }
}
