//! `/api/v1/roles`: roles and what they grant.

mod create;
mod delete;
mod error;
mod get;
mod list;
mod role_body;
mod routes;
mod update;

pub use routes::configure;
