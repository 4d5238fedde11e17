//! Points in time, in UTC, with the microsecond precision every database keeps.

use chrono::{DateTime, SubsecRound, Utc};

/// A point in time in UTC.
pub type Timestamp = DateTime<Utc>;

/// Cuts a time to whole microseconds, the precision that survives every database.
#[must_use]
pub fn truncate_to_micros(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(6)
}
