//! Passkeys (Web Authentication, Level 3): what authenticators say, and whether it is true.

use mainstay_domain::WebauthnId;

/// On whose behalf browsers ask for passkeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain that passkeys are for. It can never be changed without losing all of them.
    pub id: String,
    /// What people know it as.
    pub name: String,
}

/// What a browser sends after `navigator.credentials.create()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationResponse {
    /// What the authenticator calls the new credential.
    pub credential_id: WebauthnId,
    /// What the browser signed or not: challenge, origin and type, as JSON.
    pub client_data: Vec<u8>,
    /// What the authenticator made, as CBOR.
    pub attestation_object: Vec<u8>,
}

/// What a browser sends after `navigator.credentials.get()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionResponse {
    /// Which credential was used.
    pub credential_id: WebauthnId,
    /// Challenge, origin and type, as JSON.
    pub client_data: Vec<u8>,
    /// What the authenticator says about itself.
    pub authenticator_data: Vec<u8>,
    /// Its signature over both.
    pub signature: Vec<u8>,
    /// Whose credential the authenticator thinks it is.
    pub user_handle: Option<Vec<u8>>,
}

/// A new credential that is what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRegistration {
    /// The public key as a `COSE_Key`.
    pub public_key: Vec<u8>,
    /// The authenticator's count of uses.
    pub sign_count: i64,
    /// Whether the credential may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Whether it is.
    pub backed_up: bool,
}

/// A use of a credential that really took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedAssertion {
    /// The authenticator's count of uses.
    pub sign_count: i64,
    /// Whether the authenticator verified its user, by a PIN or a finger, and not only that
    /// somebody touched it.
    pub user_verified: bool,
    /// Whether the credential is on other devices, too.
    pub backed_up: bool,
}

/// What an authenticator or browser sent is not acceptable. The reason is for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the passkey is not acceptable: {0}")]
pub struct PasskeyError(pub &'static str);

/// Verifies what authenticators say.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait PasskeyVerifier: Send + Sync {
    /// On whose behalf passkeys are asked for.
    fn relying_party(&self) -> RelyingParty;

    /// The algorithms of keys that are taken, as COSE numbers, best first.
    fn algorithms(&self) -> Vec<i64>;

    /// The challenge that the client data names, not verified yet: it tells which challenge
    /// to use up.
    fn challenge_of(&self, client_data: &[u8]) -> Option<Vec<u8>>;

    /// Verifies a new credential (WebAuthn section 7.1), without attestation.
    ///
    /// # Errors
    /// [`PasskeyError`].
    fn verify_registration(
        &self,
        challenge: &[u8],
        response: &RegistrationResponse,
    ) -> Result<VerifiedRegistration, PasskeyError>;

    /// Verifies the use of a credential (WebAuthn section 7.2); the count of uses is for the
    /// store to compare.
    ///
    /// # Errors
    /// [`PasskeyError`].
    fn verify_assertion(
        &self,
        challenge: &[u8],
        response: &AssertionResponse,
        public_key: &[u8],
    ) -> Result<VerifiedAssertion, PasskeyError>;
}
