//! Log lines and figures.
//!
//! Nothing secret is ever logged: secrets are `SecretString`s, whose `Debug` hides them;
//! requests are logged by route, never with bodies, query strings or `Authorization`; the
//! database's address is logged without its password.

#[cfg(feature = "traces")]
mod conventions;
mod logs;
mod metrics;
mod process;
#[cfg(feature = "traces")]
mod traces;

pub(crate) use logs::init_with;
pub use logs::{LogGuard, TelemetryError, init_logs};
pub(crate) use metrics::upkeep;
pub use metrics::{BUILD, init_metrics};
#[cfg(feature = "traces")]
pub(crate) use traces::{request_trace, span_layer};
#[cfg(not(feature = "traces"))]
mod no_traces;
#[cfg(not(feature = "traces"))]
pub(crate) use no_traces::{request_trace, span_layer};
