//! How many jobs to take ahead.

use std::time::Duration;

/// So long may a job that was taken wait for its turn: longer, and another process might do it.
const AHEAD: Duration = Duration::from_millis(50);
/// A process that dies leaves so many behind, which are late by its lease.
const MOST_AHEAD: f64 = 96.0;
/// How much the last job counts.
const WEIGHT: f64 = 0.2;

/// How long jobs took of late.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(Duration);

impl Pace {
    /// Before anything is known nothing is taken ahead.
    pub(super) const fn unknown() -> Self {
        Self(Duration::from_secs(1))
    }

    pub(super) fn note(&mut self, took: Duration) {
        self.0 = self.0.mul_f64(1.0 - WEIGHT) + took.mul_f64(WEIGHT);
    }

    /// How many jobs to take beyond those that are done at once.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 96"
    )]
    pub(super) fn ahead(self, at_once: usize) -> usize {
        let at_once = u32::try_from(at_once).unwrap_or(u32::MAX);
        let turns = AHEAD.as_secs_f64() / self.0.as_secs_f64().max(1e-6);
        (f64::from(at_once) * turns.floor()).min(MOST_AHEAD) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(jobs: u32, took: Duration) -> usize {
        let mut pace = Pace::unknown();
        for _ in 0..jobs {
            pace.note(took);
        }
        pace.ahead(4)
    }

    #[test]
    fn only_jobs_that_take_no_time_are_taken_ahead_and_never_without_bounds() {
        assert_eq!(Pace::unknown().ahead(4), 0);
        assert_eq!(after(100, Duration::from_millis(60)), 0);
        assert_eq!(after(100, Duration::from_millis(20)), 8);
        assert_eq!(after(100, Duration::ZERO), 96);
        let mut pace = Pace::unknown();
        pace.note(Duration::from_secs(3600));
        assert_eq!(pace.ahead(100), 0);
    }
}
