//! When a job is due.

use std::{fmt, str::FromStr as _, time::Duration};

use chrono::TimeDelta;
use croner::Cron;
use mainstay_domain::{Timestamp, truncate_to_micros};

/// More often than this is no schedule, and would have no end.
const SHORTEST: Duration = Duration::from_millis(1);
/// Jobs that are due by an interval begin within this time after the first start, each at a
/// moment of its own, so that they neither slow the start down nor meet each other.
const SETTLING: Duration = Duration::from_secs(60);

/// A text that is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expression:?} is no cron expression: {reason}")]
pub struct InvalidCron {
    expression: String,
    reason: String,
}

/// When a job is due.
#[derive(Clone)]
pub(super) enum Plan {
    /// Each time so much time has gone by.
    Every(Duration),
    /// At these times in UTC.
    Cron(Box<Cron>),
}

impl Plan {
    pub(super) fn every(every: Duration) -> Self {
        Self::Every(every.max(SHORTEST))
    }

    pub(super) fn cron(expression: &str) -> Result<Self, InvalidCron> {
        let invalid = |reason: String| InvalidCron {
            expression: expression.to_owned(),
            reason,
        };
        let cron = Cron::from_str(expression).map_err(|error| invalid(error.to_string()))?;
        // The 30th of February is read, but never comes.
        let never = cron.find_next_occurrence(&Timestamp::UNIX_EPOCH, false);
        never.map_err(|error| invalid(error.to_string()))?;
        Ok(Self::Cron(Box::new(cron)))
    }

    /// The first time; `chance` is from 0 to 1.
    pub(super) fn first(&self, now: Timestamp, chance: f64) -> Timestamp {
        match self {
            Self::Every(every) => later(now, every.min(&SETTLING).mul_f64(chance)),
            Self::Cron(_) => self.next(now, now),
        }
    }

    /// The first time after `now` of those that follow `due`.
    pub(super) fn next(&self, due: Timestamp, now: Timestamp) -> Timestamp {
        match self {
            Self::Every(every) => {
                let behind = (now - due).to_std().unwrap_or_default();
                let times = behind.as_nanos() / every.as_nanos().max(1) + 1;
                let times = u32::try_from(times).unwrap_or(u32::MAX);
                later(due, every.saturating_mul(times)).max(now)
            }
            // A time that is not found any more lies beyond the calendar: look again in a year.
            Self::Cron(cron) => cron
                // Not the same time again, should the clock be set back.
                .find_next_occurrence(&now.max(due), false)
                .unwrap_or_else(|_| now + TimeDelta::days(365)),
        }
    }

    /// How long to rest after a run.
    pub(super) fn rest(&self, now: Timestamp) -> Duration {
        match self {
            Self::Every(every) => *every,
            Self::Cron(_) => (self.next(now, now) - now).to_std().unwrap_or(SHORTEST),
        }
    }
}

/// In the words by which the database tells two plans apart.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(every) => write!(f, "every {every:?}"),
            Self::Cron(cron) => write!(f, "cron {}", cron.pattern),
        }
    }
}

fn later(time: Timestamp, span: Duration) -> Timestamp {
    let span = TimeDelta::from_std(span).unwrap_or(TimeDelta::days(365));
    truncate_to_micros(
        time.checked_add_signed(span)
            .unwrap_or(time + TimeDelta::days(365)),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_missed_is_made_good_once_and_the_rhythm_is_kept() {
        let plan = Plan::every(Duration::from_secs(600));
        let due = at("2026-11-21T10:00:00Z");
        for (now, next) in [
            ("2026-11-21T10:00:00Z", "2026-11-21T10:10:00Z"),
            ("2026-11-21T10:09:59Z", "2026-11-21T10:10:00Z"),
            ("2026-11-21T10:10:00Z", "2026-11-21T10:20:00Z"),
            ("2026-11-23T10:15:00Z", "2026-11-23T10:20:00Z"),
            // The clock was set back.
            ("2026-11-21T09:00:00Z", "2026-11-21T10:10:00Z"),
        ] {
            assert_eq!(plan.next(due, at(now)), at(next), "{now}");
        }
    }

    #[test]
    fn a_cron_expression_tells_the_next_time_in_utc() {
        let plan = Plan::cron("30 3 * * 1-5").unwrap();
        let friday = at("2026-11-20T03:30:00Z");
        assert_eq!(plan.next(friday, friday), at("2026-11-23T03:30:00Z"));
        assert_eq!(plan.first(friday, 0.5), at("2026-11-23T03:30:00Z"));
        assert_eq!(plan.to_string(), "cron 30 3 * * 1-5");
    }

    #[test]
    fn texts_that_are_no_cron_expression_are_refused_with_a_reason() {
        for wrong in ["", "often", "61 * * * *", "* * *", "0 0 30 2 *"] {
            let refused = Plan::cron(wrong).err().map(|error| error.to_string());
            assert!(refused.unwrap().contains("is no cron expression"), "{wrong}");
        }
    }

    #[test]
    fn a_first_time_lies_within_a_minute_and_the_longest_span_is_no_panic() {
        let now = at("2026-11-21T10:00:00Z");
        let hourly = Plan::every(Duration::from_secs(3600));
        assert_eq!(hourly.first(now, 1.0), at("2026-11-21T10:01:00Z"));
        assert_eq!(hourly.first(now, 0.0), now);
        let never = Plan::every(Duration::MAX);
        assert!(never.next(now, now) > now);
        assert_eq!(Plan::every(Duration::ZERO).rest(now), SHORTEST);
    }
}
