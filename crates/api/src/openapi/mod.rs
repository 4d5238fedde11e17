//! The OpenAPI 3.1 document: what the routes say, plus what all of them share.

mod document;
mod parameters;

pub use document::{API_KEY, BEARER, base, complete};
