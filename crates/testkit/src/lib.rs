//! What a team needs to test its own services on Mainstay, without a database, a clock or a
//! network: mocks of every repository and port, a store in memory, a clock that stands
//! still, ids that repeat themselves, and fixtures. With the feature `app`  
//! also `TestApp`, a whole server on a port and a database of its own.
//!
//! ```
//! use mainstay_services::auth::AuthError;
//! use mainstay_testkit::{MockRepositories, auth_service, origin, registration, user};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let mut mocks = MockRepositories::new();
//! mocks.users.expect_find_by_email().returning(|_| Ok(Some(user("ada@example.com"))));
//! let auth = auth_service(mocks.into_store());
//! let answer = auth.register(registration("ada@example.com"), &origin()).await;
//! assert!(matches!(answer, Err(AuthError::EmailTaken)));
//! # }
//! ```
#![deny(missing_docs)]
// A test kit fails by panicking: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "app")]
mod app;
mod fake_hasher;
mod fake_passkeys;
mod fake_resizer;
mod fake_sealer;
mod fake_signer;
mod fixed_clock;
mod fixtures;
mod lenient_policy;
mod mailbox;
mod map_cache;
pub mod prelude;
mod sequential_entropy;
mod service;

#[cfg(feature = "app")]
pub use app::{
    LoggedIn, OwnDatabase, PASSWORD, TestApp, TestAppBuilder, TestDatabase, TestRequest, TestResponse,
    sqlite_store,
};
pub use fake_hasher::FakeHasher;
pub use fake_passkeys::FakePasskeys;
pub use fake_resizer::FakeResizer;
pub use fake_sealer::FakeSealer;
pub use fake_signer::FakeSigner;
pub use fixed_clock::FixedClock;
pub use fixtures::{admin_principal, login, origin, principal, registration, session, user};
pub use lenient_policy::LenientPolicy;
pub use mailbox::{Mailbox, TestMail};
pub use map_cache::MapCache;
pub use sequential_entropy::SequentialEntropy;
pub use service::{TestPorts, auth_service, role_service, user_service};

pub use mainstay_repositories::{
    memory::MemoryStore,
    mock::{
        MockAuditEventRepository, MockCredentialRepository, MockIdempotencyRepository, MockJobRepository,
        MockOneTimeTokenRepository, MockPasskeyRepository, MockRecoveryCodeRepository, MockRepositories,
        MockRoleRepository, MockSessionRepository, MockStore, MockThrottleRepository,
        MockTotpFactorRepository, MockUserRepository,
    },
};
pub use mainstay_services::objects::MemoryObjects;
pub use mainstay_services::ports::{
    MockClock, MockEntropy, MockLogLevels, MockMailRenderer, MockMailer, MockObjectStore, MockObjectWriter,
    MockPasskeyVerifier, MockPasswordHasher, MockPasswordPolicy, MockPrincipalCache, MockSealer,
    MockTokenSigner,
};
