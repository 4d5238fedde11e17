//! What services need from the outside world.

mod breached_passwords;
mod clock;
mod entropy;
mod file_scanner;
mod identity_provider;
mod image_resizer;
mod key_ring;
mod log_levels;
mod mail_renderer;
mod mailer;
mod object_store;
mod passkeys;
mod password_hasher;
mod password_policy;
mod principal_cache;
mod sealer;
mod shared_buckets;
mod token_signer;

pub use breached_passwords::{BreachLookupError, BreachedPasswords};
pub use clock::Clock;
pub use entropy::Entropy;
pub use file_scanner::{FileScanner, ScanError, ScanVerdict};
pub use identity_provider::{
    AuthorizationRequest, IdentityProvider, ProvedIdentity, ProviderError, Redemption,
};
pub use image_resizer::{ImageError, ImageResizer, Squares};
pub use key_ring::{GeneratedKey, KeyRing, RingKey};
pub use log_levels::{LogLevel, LogLevels, TimedLevel};
pub use mail_renderer::{MailRenderer, MailWords, WordsError};
pub use mailer::{Letter, MailError, Mailer};
pub use object_store::{
    ObjectError, ObjectInfo, ObjectRead, ObjectStore, ObjectStream, ObjectWriter, Presign, PresignedMethod,
};
pub use passkeys::{
    AssertionResponse, PasskeyError, PasskeyVerifier, RegistrationResponse, RelyingParty, VerifiedAssertion,
    VerifiedRegistration,
};
pub use password_hasher::{HashError, PasswordHasher, Verification};
pub use password_policy::PasswordPolicy;
pub use principal_cache::{CacheTicket, PrincipalCache};
pub use sealer::{SealError, Sealer};
pub use shared_buckets::{BucketsUnavailable, Draw, Drawn, SharedBuckets};
pub use token_signer::{AccessClaims, InvalidToken, SignError, TokenSigner};

#[cfg(feature = "mock")]
pub use self::{
    breached_passwords::MockBreachedPasswords,
    clock::MockClock,
    entropy::MockEntropy,
    file_scanner::MockFileScanner,
    identity_provider::MockIdentityProvider,
    image_resizer::MockImageResizer,
    key_ring::MockKeyRing,
    log_levels::MockLogLevels,
    mail_renderer::MockMailRenderer,
    mailer::MockMailer,
    object_store::{MockObjectStore, MockObjectWriter},
    passkeys::MockPasskeyVerifier,
    password_hasher::MockPasswordHasher,
    password_policy::MockPasswordPolicy,
    principal_cache::MockPrincipalCache,
    sealer::MockSealer,
    shared_buckets::MockSharedBuckets,
    token_signer::MockTokenSigner,
};
