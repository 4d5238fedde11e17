//! What this process logs, and changing it for a while.

use std::time::Duration;

use mainstay_domain::Timestamp;

/// What is logged at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLevel {
    /// A level, or a filter such as `info,mainstay_api=debug`.
    pub level: String,
    /// What the configuration says.
    pub configured: String,
    /// When the configured level returns; none if it is in force, or was changed until further notice.
    pub until: Option<Timestamp>,
}

/// A level that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedLevel {
    /// A level or a filter that [`LogLevels::accepts`].
    pub level: String,
    /// How long it holds.
    pub lasts: Duration,
    /// When that will be over.
    pub until: Timestamp,
}

/// Changes what this process logs; other processes are not asked.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait LogLevels: Send + Sync {
    /// What is logged at the moment.
    fn current(&self) -> LogLevel;

    /// Whether this is a level or a filter.
    fn accepts(&self, level: &str) -> bool;

    /// Logs by `to` until its time is over, in place of whatever was set before.
    fn change(&self, to: TimedLevel);
}
