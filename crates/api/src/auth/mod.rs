//! `/api/v1/auth`: getting in, staying in and getting out.

mod authenticator;
mod change_password;
mod delivery;
mod error;
mod login;
mod logout;
mod rate_limit;
mod refresh;
mod register;
mod routes;
mod session_body;
mod sessions;
mod setup;
mod setup_page;
mod sign_in_body;
mod token_body;

pub use routes::{configure, configure_pages};
pub(crate) use session_body::SessionBody;
