//! `/api/v1/auth/passkeys`.

mod assertion_body;
mod login_with_passkey;
mod octets;
mod offer_body;
mod offer_passkey;
mod register_passkey;
mod rename_passkey;
mod routes;

pub(super) use assertion_body::AssertionBody;
pub(super) use routes::configure;
