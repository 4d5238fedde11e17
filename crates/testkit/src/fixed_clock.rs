//! A clock that stands still until it is moved.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration};
use mainstay_domain::Timestamp;
use mainstay_services::ports::Clock;

/// Begins at 2026-01-01 00:00 UTC.
pub struct FixedClock(AtomicI64);

impl Default for FixedClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_767_225_600_000_000))
    }
}

impl FixedClock {
    /// Moves the clock; backwards too.
    pub fn advance(&self, by: Duration) {
        let micros = by.num_microseconds().expect("a duration in range");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).expect("a time in range")
    }
}
