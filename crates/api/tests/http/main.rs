//! What happens around handlers, seen through a small product with routes of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod conditions;
mod documents;
mod idempotency;
mod lists;
mod origins;
mod problems;
mod product;
mod requests;
mod support;
mod system;
mod wire;
