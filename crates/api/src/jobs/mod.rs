//! `/api/v1/jobs`: the queue, for operators.

mod error;
mod get;
mod job_body;
mod list;
mod remove;
mod retry;
mod routes;

pub use routes::configure;
