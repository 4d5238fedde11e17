//! mockall mocks of every repository, and a [`MockStore`] that bundles them.

mod store;

pub use store::{MockRepositories, MockStore};

pub use crate::{
    api_keys::MockApiKeyRepository, audit_chain::MockAuditChainRepository,
    audit_events::MockAuditEventRepository, avatars::MockAvatarRepository, blobs::MockBlobRepository,
    buckets::MockBucketRepository, credentials::MockCredentialRepository,
    file_deletions::MockFileDeletionRepository, files::MockFileRepository,
    idempotency::MockIdempotencyRepository, identities::MockIdentityRepository, jobs::MockJobRepository,
    one_time_tokens::MockOneTimeTokenRepository, passkeys::MockPasskeyRepository,
    recovery_codes::MockRecoveryCodeRepository, roles::MockRoleRepository, schedules::MockScheduleRepository,
    sessions::MockSessionRepository, signing_keys::MockSigningKeyRepository, sweeps::MockSweepRepository,
    throttles::MockThrottleRepository, totp_factors::MockTotpFactorRepository, uploads::MockUploadRepository,
    users::MockUserRepository,
};
