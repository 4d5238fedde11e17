//! What operators and load balancers ask.

mod docs;
mod health;
mod metrics;
mod root;
