//! `/api/v1/jobs`: the queue, for operators.

mod given_back;
mod remove;
mod retry;
