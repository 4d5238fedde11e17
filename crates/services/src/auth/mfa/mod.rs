//! Second factors: enrolling, proving and losing them.

mod confirm_totp;
mod delete_factor;
mod enrol_totp;
mod factors;
mod list_factors;
mod proof;
mod reauthenticate;
mod recovery_codes;
mod step_up;
mod totp;
mod verify_mfa;

pub use confirm_totp::ConfirmTotp;
pub use enrol_totp::TotpEnrolment;
pub use factors::Factors;
pub use list_factors::MfaStatus;
pub use proof::SecondFactorProof;
pub use reauthenticate::Reauthenticate;

pub(crate) use factors::forget_factors;
