//! Passkeys: registering, logging in without a password, proving a second factor.

mod challenge;
mod judge_passkey;
mod login_with_passkey;
mod offer_passkey;
mod register_passkey;
mod rename_passkey;

pub use challenge::PasskeyChallenge;
pub use offer_passkey::PasskeyOffer;
pub use register_passkey::{NewPasskey, RegisteredPasskey};

pub(super) use judge_passkey::JudgedPasskey;
pub(super) use offer_passkey::{mfa_binding, session_binding};
