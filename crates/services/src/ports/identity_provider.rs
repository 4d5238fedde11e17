//! Other providers that vouch for who somebody is.

use async_trait::async_trait;
use mainstay_domain::{Email, IdentityKey, PersonName, Timestamp};

/// What a provider is asked with.
#[derive(Clone)]
pub struct AuthorizationRequest {
    /// Comes back with the answer.
    pub state: String,
    /// Comes back inside the ID token.
    pub nonce: String,
    /// BASE64URL(SHA-256(verifier)), the `S256` of RFC 7636.
    pub code_challenge: String,
    /// Where the answer is to be sent.
    pub redirect_uri: String,
}

/// What an answer is redeemed with.
#[derive(Clone)]
pub struct Redemption {
    /// The code of the answer.
    pub code: String,
    /// Proves that the code was asked for here (RFC 7636).
    pub code_verifier: String,
    /// What the ID token must repeat.
    pub nonce: String,
    /// The same as in the request.
    pub redirect_uri: String,
    /// Who the answer says it comes from, if it does (RFC 9207).
    pub issuer: Option<String>,
}

/// Whom a provider vouches for.
#[derive(Clone, PartialEq, Eq)]
pub struct ProvedIdentity {
    /// Who it is there.
    pub key: IdentityKey,
    /// Their address, if the provider told one.
    pub email: Option<Email>,
    /// Whether the provider itself says that the address is theirs. Anything but a plain "yes"
    /// is a no.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<PersonName>,
    /// Family name.
    pub last_name: Option<PersonName>,
}

/// Shows no personal data.
impl std::fmt::Debug for ProvedIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProvedIdentity")
            .field("issuer", &self.key.issuer())
            .field("email_verified", &self.email_verified)
            .finish_non_exhaustive()
    }
}

/// Why a provider vouched for nobody. The texts are for logs and hold nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// What came back proves nothing: another issuer, audience, nonce or key, an old token, a
    /// code that was used before.
    #[error("the answer proves nothing: {0}")]
    Refused(String),
    /// The provider does not answer, not in time, or not as it should.
    #[error("the provider cannot be asked: {0}")]
    Unavailable(String),
}

/// A provider that vouches for who somebody is.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Whether the answer is sent by a form (`response_mode=form_post`): browsers send their
    /// `SameSite=Lax` cookies along with no such request.
    fn posts_back(&self) -> bool;

    /// Where the browser is to be sent.
    ///
    /// # Errors
    /// [`ProviderError::Unavailable`].
    async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        now: Timestamp,
    ) -> Result<String, ProviderError>;

    /// Finds out for whom an answer vouches. It is judged here entirely: signature, issuer,
    /// audience, nonce and times.
    ///
    /// # Errors
    /// [`ProviderError`].
    async fn redeem(&self, redemption: &Redemption, now: Timestamp) -> Result<ProvedIdentity, ProviderError>;

    /// Refuses an answer without a code that comes from somebody else (RFC 9207).
    ///
    /// # Errors
    /// [`ProviderError`].
    async fn check_sender(&self, issuer: Option<String>, now: Timestamp) -> Result<(), ProviderError>;
}
