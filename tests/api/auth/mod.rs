//! `/api/v1/auth`.

mod accept_invitation;
mod access_token;
mod api_keys;
mod challenge;
mod change_email;
mod change_password;
mod cookie_mode;
mod first_proof;
mod login;
mod logout;
pub mod mfa;
pub mod oauth;
pub mod passkeys;
mod rate_limit;
mod refresh;
mod register;
mod reset_password;
mod sessions;
mod setup;
mod sign_in_mail;
mod signing_keys;
mod verify_email;
