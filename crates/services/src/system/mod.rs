//! How a running process works.

mod error;
mod log_level;
mod service;

pub use error::SystemError;
pub use log_level::{LONGEST_CHANGE, NewLogLevel};
pub use service::SystemService;
