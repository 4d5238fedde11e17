//! The Mainstay server: configuration, wiring and command line.
//!
//! A product depends on this crate and adds its own through [`ServerBuilder`]:
//!
//! ```no_run
//! #[actix_web::main]
//! async fn main() -> std::process::ExitCode {
//!     mainstay_server::cli::main_with(|server| server /* .routes(…).migrations(…) */).await
//! }
//! ```
#![deny(missing_docs)]

mod builder;
pub mod cli;
pub mod config;
mod context;
mod housekeeping;
mod jobs;
mod schema;
pub mod telemetry;

pub use builder::ServerBuilder;
pub use context::Context;
pub use jobs::{Job, JobResult};
