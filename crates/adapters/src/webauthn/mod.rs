//! Web Authentication (Level 3): exactly what a relying party without attestation must verify,
//! on the one library that does all cryptography here (docs/adr/0014-passkeys.md).

mod authenticator_data;
mod client_data;
mod cose_key;
mod verifier;

#[cfg(test)]
mod verifier_tests;

pub use verifier::{WebauthnSettings, WebauthnVerifier};
