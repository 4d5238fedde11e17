//! Use cases of Mainstay.
//!
//! Services are concrete structs over ports (`Arc<dyn Port>`): the data ports of
//! `mainstay-repositories` and the ports in [`ports`]. Inputs are domain values that were
//! already parsed; outputs are domain values; each area has one error enum that names
//! business outcomes. Time and randomness come only through ports, so every use case can be
//! tested without a database, a clock or a network.
#![deny(missing_docs)]

pub mod api_keys;
pub mod audit;
pub mod auth;
mod authorization;
mod failure;
pub mod jobs;
pub mod mail;
pub mod objects;
mod pace;
pub mod ports;
pub mod prelude;
pub mod privacy;
mod resource_error;
mod role_catalogue;
pub mod roles;
pub mod signing_keys;
pub mod storage;
pub mod system;
pub mod users;

pub use failure::Failure;
pub use resource_error::ResourceError;
pub use role_catalogue::RoleCatalogue;
