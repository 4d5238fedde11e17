//! What operators and load balancers ask.

mod docs;
mod health;
mod log_level;
mod metrics;
mod root;
