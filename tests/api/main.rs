//! Every use case over HTTP, with what can go wrong. `api/<area>/<use_case>.rs` has the stem of
//! the handler and the service it tries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod audit;
mod auth;
mod databases;
mod http;
mod jobs;
mod mail;
mod openapi;
mod redis;
mod roles;
mod storage;
mod system;
mod users;
