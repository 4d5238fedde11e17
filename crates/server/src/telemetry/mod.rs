//! Log lines and figures.
//!
//! Nothing secret is ever logged: secrets are `SecretString`s, whose `Debug` hides them;
//! requests are logged by route, never with bodies, query strings or `Authorization`; the
//! database's address is logged without its password.

mod begin;
#[cfg(all(test, feature = "log-shipping"))]
#[path = "collector_stub_tests.rs"]
mod collector_stub;
#[cfg(feature = "traces")]
mod conventions;
mod level;
mod line;
mod logs;
mod metrics;
#[cfg(not(feature = "traces"))]
mod no_traces;
mod output;
mod panics;
mod process;
mod reports;
#[cfg(feature = "log-shipping")]
mod sentry;
#[cfg(feature = "log-shipping")]
mod ship;
#[cfg(feature = "traces")]
mod traces;

pub(crate) use begin::begin;
pub(crate) use level::{LevelSwitch, log_levels};
pub use logs::{LogGuard, TelemetryError, init_logs};
pub(crate) use metrics::upkeep;
pub use metrics::{BUILD, init_metrics};
#[cfg(not(feature = "traces"))]
pub(crate) use no_traces::{continue_trace, request_trace};
pub use panics::log_panics;
#[cfg(feature = "traces")]
pub(crate) use traces::{continue_trace, request_trace};
