//! The clock of the machine.

use std::time::SystemTime;

use mainstay_domain::{Timestamp, truncate_to_micros};
use mainstay_services::ports::Clock;

/// The machine's clock, in whole microseconds because no database keeps more.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        truncate_to_micros(Timestamp::from(SystemTime::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_nothing_below_a_microsecond() {
        for _ in 0..1_000 {
            assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
        }
    }
}
