//! Log lines and figures.
//!
//! Nothing secret is ever logged: secrets are `SecretString`s, whose `Debug` hides them;
//! requests are logged by route, never with bodies, query strings or `Authorization`; the
//! database's address is logged without its password.

mod level;
mod line;
mod logs;
mod metrics;
mod output;
mod panics;
#[cfg(feature = "log-shipping")]
mod ship;

pub(crate) use level::follow_signal;
pub use logs::{LogGuard, TelemetryError, init_logs};
pub(crate) use metrics::upkeep;
pub use metrics::{BUILD, init_metrics};
pub use panics::log_panics;
