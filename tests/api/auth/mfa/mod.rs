//! `/api/v1/auth/mfa`: second factors.

mod confirm_totp;
mod delete_factor;
mod enrol_totp;
mod reauthenticate;
mod recovery_codes;
mod required_for_roles;
mod step_up;
pub mod support;
mod verify_mfa;
mod verify_mfa_attacks;
