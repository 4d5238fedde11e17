//! `/api/v1/auth`.

mod access_token;
mod challenge;
mod change_password;
mod cookie_mode;
mod login;
mod logout;
mod rate_limit;
mod refresh;
mod register;
mod sessions;
mod setup;
