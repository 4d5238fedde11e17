//! What services need from the outside world.

mod breached_passwords;
mod clock;
mod entropy;
mod identity_provider;
mod key_ring;
mod mail_renderer;
mod mailer;
mod passkeys;
mod password_hasher;
mod password_policy;
mod principal_cache;
mod sealer;
mod token_signer;

pub use breached_passwords::{BreachLookupError, BreachedPasswords};
pub use clock::Clock;
pub use entropy::Entropy;
pub use identity_provider::{
    AuthorizationRequest, IdentityProvider, ProvedIdentity, ProviderError, Redemption,
};
pub use key_ring::{GeneratedKey, KeyRing, RingKey};
pub use mail_renderer::{MailRenderer, MailWords, WordsError};
pub use mailer::{Letter, MailError, Mailer};
pub use passkeys::{
    AssertionResponse, PasskeyError, PasskeyVerifier, RegistrationResponse, RelyingParty, VerifiedAssertion,
    VerifiedRegistration,
};
pub use password_hasher::{HashError, PasswordHasher, Verification};
pub use password_policy::PasswordPolicy;
pub use principal_cache::{CacheTicket, PrincipalCache};
pub use sealer::{SealError, Sealer};
pub use token_signer::{AccessClaims, InvalidToken, SignError, TokenSigner};

#[cfg(feature = "mock")]
pub use self::{
    breached_passwords::MockBreachedPasswords, clock::MockClock, entropy::MockEntropy,
    identity_provider::MockIdentityProvider, key_ring::MockKeyRing, mail_renderer::MockMailRenderer,
    mailer::MockMailer, passkeys::MockPasskeyVerifier, password_hasher::MockPasswordHasher,
    password_policy::MockPasswordPolicy, principal_cache::MockPrincipalCache, sealer::MockSealer,
    token_signer::MockTokenSigner,
};
