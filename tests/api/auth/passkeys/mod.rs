//! `/api/v1/auth/passkeys`.

mod browser;
mod login_with_passkey;
mod register_passkey;
mod rename_passkey;
mod second_factor;
pub mod support;
