//! mockall mocks of every repository, and a [`MockStore`] that bundles them.

mod store;

pub use store::{MockRepositories, MockStore};

pub use crate::{
    api_keys::MockApiKeyRepository, audit_chain::MockAuditChainRepository,
    audit_events::MockAuditEventRepository, credentials::MockCredentialRepository,
    idempotency::MockIdempotencyRepository, identities::MockIdentityRepository, jobs::MockJobRepository,
    one_time_tokens::MockOneTimeTokenRepository, passkeys::MockPasskeyRepository,
    recovery_codes::MockRecoveryCodeRepository, roles::MockRoleRepository, sessions::MockSessionRepository,
    signing_keys::MockSigningKeyRepository, throttles::MockThrottleRepository,
    totp_factors::MockTotpFactorRepository, users::MockUserRepository,
};
