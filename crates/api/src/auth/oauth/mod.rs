//! `/api/v1/auth/oauth` and `/api/v1/auth/identities`: signing in by another provider's word.

mod authorize;
mod browser;
mod callback;
mod error;
mod exchange;
mod identities;
mod link;
mod outcome_body;
mod routes;

pub(super) use routes::configure;
