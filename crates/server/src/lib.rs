//! The Mainstay server: configuration, wiring and command line.
//!
//! `main_with` gives a product the whole command line; `Server::builder` only a server, for
//! tests and for binaries with a command line of their own.
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
// Optimised builds look into futures of futures, those of the database's driver among them, deeper than the
// compiler goes by default.
#![recursion_limit = "256"]

mod audit_jobs;
mod avatars;
mod backstage;
mod banner;
mod builder;
pub mod cli;
pub mod config;
mod context;
mod file_hooks;
mod first_admin;
mod housekeeping;
mod identity_providers;
mod jobs;
mod key_wiring;
mod listen;
mod mail;
mod objects;
mod part_settings;
pub mod prelude;
mod redis;
mod reload;
mod remembered_health;
mod remote_objects;
mod retention;
mod safeguards;
mod schema;
mod server;
mod shutdown;
mod sqlite_file;
pub mod telemetry;
mod tls;
mod wiring;
mod worker;
mod worker_process;

// What a product builds on; it need not name these crates among its own dependencies.
pub use mainstay_api as api;
pub use mainstay_domain as domain;
pub use mainstay_migration as migration;
pub use mainstay_repositories as repositories;
pub use mainstay_services as services;

pub use builder::ServerBuilder;
pub use context::Context;
pub use jobs::{InvalidCron, Job, JobResult};
pub use mainstay_adapters::{MailPart, TemplateSource};
pub use server::{RunningServer, Server};
pub use worker_process::RunningWorker;
