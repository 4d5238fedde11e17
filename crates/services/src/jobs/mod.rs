//! Doing the work that was written down.

mod handler;
mod runner;
mod service;

pub use handler::{JobError, JobHandler};
pub use runner::{JobRunner, JobSettings, TakeError, Verdict};
pub use service::{JobService, JobsError};
