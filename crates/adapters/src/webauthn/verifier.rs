//! The verification itself.

use aws_lc_rs::digest::{SHA256, digest};
use mainstay_services::ports::{
    AssertionResponse, PasskeyError, PasskeyVerifier, RegistrationResponse, RelyingParty, VerifiedAssertion,
    VerifiedRegistration,
};
use minicbor::Decoder;

use super::{
    authenticator_data::AuthenticatorData,
    client_data::ClientData,
    cose_key::{CoseKey, EDDSA, ES256, RS256},
};

/// An attestation object has three members.
const MAX_MEMBERS: u64 = 8;

/// For whom passkeys are, and where they may be used.
#[derive(Debug, Clone)]
pub struct WebauthnSettings {
    /// The domain and name of the relying party.
    pub relying_party: RelyingParty,
    /// Origins of pages that may ask for passkeys, such as `https://app.example.com`.
    pub origins: Vec<String>,
}

/// Verifies what authenticators say, without attestation: which make of authenticator somebody
/// uses is not asked, so that nothing of it needs to be believed.
#[derive(Debug, Clone)]
pub struct WebauthnVerifier {
    settings: WebauthnSettings,
}

impl WebauthnVerifier {
    /// A verifier for one relying party.
    #[must_use]
    pub fn new(settings: WebauthnSettings) -> Self {
        Self { settings }
    }

    fn check_client_data(&self, raw: &[u8], kind: &str, challenge: &[u8]) -> Result<(), PasskeyError> {
        ClientData::parse(raw)?.check(kind, challenge, &self.settings.origins)
    }
}

impl PasskeyVerifier for WebauthnVerifier {
    fn relying_party(&self) -> RelyingParty {
        self.settings.relying_party.clone()
    }

    fn algorithms(&self) -> Vec<i64> {
        vec![EDDSA, ES256, RS256]
    }

    fn challenge_of(&self, client_data: &[u8]) -> Option<Vec<u8>> {
        ClientData::parse(client_data).ok()?.challenge().ok()
    }

    fn verify_registration(
        &self,
        challenge: &[u8],
        response: &RegistrationResponse,
    ) -> Result<VerifiedRegistration, PasskeyError> {
        self.check_client_data(&response.client_data, "webauthn.create", challenge)?;
        let data = authenticator_data_of(&response.attestation_object)
            .ok_or(PasskeyError("an attestation object that is none"))?;
        let data = AuthenticatorData::parse(data)?;
        data.check(&self.settings.relying_party.id)?;
        let credential = data
            .credential
            .as_ref()
            .ok_or(PasskeyError("a registration without a credential"))?;
        if credential.id != response.credential_id.octets() {
            return Err(PasskeyError("another credential than the one that was made"));
        }
        CoseKey::parse(credential.public_key)?.0.check()?;
        Ok(VerifiedRegistration {
            public_key: credential.public_key.to_vec(),
            sign_count: data.sign_count,
            backup_eligible: data.backup_eligible(),
            backed_up: data.backed_up(),
        })
    }

    fn verify_assertion(
        &self,
        challenge: &[u8],
        response: &AssertionResponse,
        public_key: &[u8],
    ) -> Result<VerifiedAssertion, PasskeyError> {
        self.check_client_data(&response.client_data, "webauthn.get", challenge)?;
        let data = AuthenticatorData::parse(&response.authenticator_data)?;
        data.check(&self.settings.relying_party.id)?;
        let client_data_hash = digest(&SHA256, &response.client_data);
        let signed = [&response.authenticator_data, client_data_hash.as_ref()].concat();
        CoseKey::parse(public_key)?
            .0
            .verify(&signed, &response.signature)?;
        Ok(VerifiedAssertion {
            sign_count: data.sign_count,
            user_verified: data.user_verified(),
            backed_up: data.backed_up(),
        })
    }
}

/// `authData` of an attestation object (WebAuthn section 6.5.4); the rest would tell of the
/// make of the authenticator.
fn authenticator_data_of(object: &[u8]) -> Option<&[u8]> {
    let mut decoder = Decoder::new(object);
    let count = decoder.map().ok()?.filter(|count| *count <= MAX_MEMBERS)?;
    let mut data = None;
    for _ in 0..count {
        if decoder.str().ok()? == "authData" {
            data = Some(decoder.bytes().ok()?);
        } else {
            decoder.skip().ok()?;
        }
    }
    data
}
