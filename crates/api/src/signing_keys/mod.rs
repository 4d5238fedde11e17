//! `/.well-known/jwks.json`: the public keys of access tokens.

mod error;
mod jwks;
mod routes;

pub use routes::configure;
