//! Passkeys without cryptography.

use mainstay_services::ports::{
    AssertionResponse, PasskeyError, PasskeyVerifier, RegistrationResponse, RelyingParty, VerifiedAssertion,
    VerifiedRegistration,
};

/// Takes for client data the challenge itself, for a public key the attestation object, and
/// for a signature the public key. Its user is verified, and it does not count uses.
#[derive(Debug, Clone, Copy, Default)]
pub struct FakePasskeys;

impl PasskeyVerifier for FakePasskeys {
    fn relying_party(&self) -> RelyingParty {
        RelyingParty {
            id: "localhost".to_owned(),
            name: "testkit".to_owned(),
        }
    }

    fn algorithms(&self) -> Vec<i64> {
        vec![-7]
    }

    fn challenge_of(&self, client_data: &[u8]) -> Option<Vec<u8>> {
        Some(client_data.to_vec())
    }

    fn verify_registration(
        &self,
        challenge: &[u8],
        response: &RegistrationResponse,
    ) -> Result<VerifiedRegistration, PasskeyError> {
        if challenge != response.client_data {
            return Err(PasskeyError("another challenge"));
        }
        Ok(VerifiedRegistration {
            public_key: response.attestation_object.clone(),
            sign_count: 0,
            backup_eligible: false,
            backed_up: false,
        })
    }

    fn verify_assertion(
        &self,
        challenge: &[u8],
        response: &AssertionResponse,
        public_key: &[u8],
    ) -> Result<VerifiedAssertion, PasskeyError> {
        if challenge != response.client_data || public_key != response.signature {
            return Err(PasskeyError("another challenge or key"));
        }
        Ok(VerifiedAssertion {
            sign_count: 0,
            user_verified: true,
            backed_up: false,
        })
    }
}
