//! The REST API of Mainstay.
//!
//! A handler is short: extract, parse into domain values, call one service, map. What it takes
//! is in [`extract`], what it may return is in [`error`]; everything around it is in
//! [`middleware`].
#![deny(missing_docs)]

pub mod api_keys;
pub mod app;
pub mod audit;
pub mod auth;
pub mod docs;
pub mod error;
pub mod extract;
pub mod fallback;
pub mod jobs;
pub mod middleware;
mod now;
pub mod openapi;
pub mod prelude;
pub mod redirect;
pub mod roles;
mod services;
mod settings;
pub mod signing_keys;
pub mod storage;
pub mod system;
pub mod users;
pub mod wire;

pub use services::Services;
pub use settings::{BodyLimit, CookieMode, HttpSettings, RequestTrace};
