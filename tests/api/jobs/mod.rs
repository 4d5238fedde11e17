//! `/api/v1/jobs`: the queue, for operators.

mod remove;
mod retry;
