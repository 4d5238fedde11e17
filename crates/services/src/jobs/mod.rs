//! Doing the work that was written down.

mod handler;
mod runner;

pub use handler::{JobError, JobHandler};
pub use runner::{JobRunner, JobSettings, Verdict};
