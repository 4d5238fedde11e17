//! Log lines and figures.
//!
//! Nothing secret is ever logged: secrets are `SecretString`s, whose `Debug` hides them;
//! requests are logged by route, never with bodies, query strings or `Authorization`; the
//! database's address is logged without its password.

mod logs;
mod metrics;

pub use logs::{LogGuard, TelemetryError, init_logs};
pub(crate) use metrics::upkeep;
pub use metrics::{BUILD, init_metrics};
