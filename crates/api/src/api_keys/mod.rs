//! `/api/v1/auth/api-keys`: keys for programs.

mod api_key_body;
mod create;
mod error;
mod list;
mod rename;
mod revoke;
mod routes;

pub use routes::configure;
