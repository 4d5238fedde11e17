//! The walls of the house: which crate may know which, and what a room may look like.
//!
//! `deny.toml` says the same to cargo-deny; these tests need nothing but cargo.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod audit_kinds;
mod dependencies;
mod guides;
mod licences;
mod requirements;
mod rooms;
mod workspace;
