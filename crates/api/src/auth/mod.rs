//! `/api/v1/auth`: getting in, staying in and getting out.

mod accept_invitation;
mod authenticator;
mod change_email;
mod change_password;
mod delivery;
mod error;
mod forgot_password;
mod login;
mod logout;
mod mail_pages;
mod mailed_bodies;
mod mfa;
mod oauth;
mod passkeys;
mod rate_limit;
mod refresh;
mod register;
mod reset_password;
mod routes;
mod session_body;
mod sessions;
mod setup;
mod setup_page;
mod sign_in_body;
mod sign_in_mail;
mod token_body;
mod verify_email;

pub use authenticator::Doorkeeper;
pub(crate) use mail_pages::FrontEnd;
pub use routes::{configure, configure_pages};
pub(crate) use session_body::SessionBody;
