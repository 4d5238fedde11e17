//! `/api/v1/auth/mfa`: second factors.

mod confirm_totp;
mod delete_factor;
mod enrol_totp;
mod factors_body;
mod list_factors;
mod proof_body;
mod qr;
pub(super) mod reauthenticate;
mod recovery_codes;
mod routes;
mod verify_mfa;

pub(super) use factors_body::FactorBody;
pub(super) use routes::configure;
