//! `/openapi.json`.

mod authorization;
mod document;
