//! A store made of mocks.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;

use super::{
    MockApiKeyRepository, MockAuditChainRepository, MockAuditEventRepository, MockAvatarRepository,
    MockBlobRepository, MockBucketRepository, MockCredentialRepository, MockFileDeletionRepository,
    MockFileRepository, MockIdempotencyRepository, MockIdentityRepository, MockJobRepository,
    MockOneTimeTokenRepository, MockPasskeyRepository, MockRecoveryCodeRepository, MockRoleRepository,
    MockScheduleRepository, MockSessionRepository, MockSigningKeyRepository, MockSweepRepository,
    MockThrottleRepository, MockTotpFactorRepository, MockUploadRepository, MockUserRepository,
};
use crate::{
    ApiKeyRepository, AuditChainRepository, AuditEventRepository, AvatarRepository, BlobRepository,
    BucketRepository, CredentialRepository, FileDeletionRepository, FileRepository, IdempotencyRepository,
    IdentityRepository, JobBell, JobRepository, OneTimeTokenRepository, PasskeyRepository,
    RecoveryCodeRepository, Repositories, Result, RoleRepository, ScheduleRepository, SessionRepository,
    SigningKeyRepository, Store, StoreHealth, SweepRepository, ThrottleRepository, TotpFactorRepository,
    UnitOfWork, UploadRepository, UserRepository,
};

/// One mock per repository; set expectations on the fields, then call
/// [`MockRepositories::into_store`].
#[derive(Default)]
pub struct MockRepositories {
    /// Users.
    pub users: MockUserRepository,
    /// Password credentials.
    pub credentials: MockCredentialRepository,
    /// Identities at other providers.
    pub identities: MockIdentityRepository,
    /// Roles.
    pub roles: MockRoleRepository,
    /// Sessions.
    pub sessions: MockSessionRepository,
    /// One-time tokens.
    pub one_time_tokens: MockOneTimeTokenRepository,
    /// Audit log.
    pub audit_events: MockAuditEventRepository,
    /// The audit log's chain.
    pub audit_chain: MockAuditChainRepository,
    /// Throttles.
    pub throttles: MockThrottleRepository,
    /// Idempotency records.
    pub idempotency: MockIdempotencyRepository,
    /// Jobs.
    pub jobs: MockJobRepository,
    /// Authenticator apps.
    pub totp_factors: MockTotpFactorRepository,
    /// Recovery codes.
    pub recovery_codes: MockRecoveryCodeRepository,
    /// Passkeys.
    pub passkeys: MockPasskeyRepository,
    /// API keys.
    pub api_keys: MockApiKeyRepository,
    /// Signing keys.
    pub signing_keys: MockSigningKeyRepository,
    /// Buckets.
    pub buckets: MockBucketRepository,
    /// Files.
    pub files: MockFileRepository,
    /// What lies in the object store.
    pub blobs: MockBlobRepository,
    /// Files that come in parts.
    pub uploads: MockUploadRepository,
    /// The pictures of users.
    pub avatars: MockAvatarRepository,
    /// Deletions of many files.
    pub file_deletions: MockFileDeletionRepository,
    /// How far sweeps have come.
    pub sweeps: MockSweepRepository,
    /// What is due when.
    pub schedules: MockScheduleRepository,
}

impl MockRepositories {
    /// Mocks without expectations: any call to them fails the test.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Expects any number of audit events and keeps none of them.
    #[must_use]
    pub fn ignoring_audit(mut self) -> Self {
        self.audit_events.expect_append().returning(|_| Ok(()));
        self
    }

    /// The store that answers with these mocks, with and without a unit of work.
    #[must_use]
    pub fn into_store(self) -> Arc<MockStore> {
        Arc::new(MockStore {
            repositories: Arc::new(self),
            commits: Arc::default(),
            bell: JobBell::default(),
        })
    }
}

impl Repositories for MockRepositories {
    fn users(&self) -> &dyn UserRepository {
        &self.users
    }
    fn credentials(&self) -> &dyn CredentialRepository {
        &self.credentials
    }
    fn identities(&self) -> &dyn IdentityRepository {
        &self.identities
    }
    fn roles(&self) -> &dyn RoleRepository {
        &self.roles
    }
    fn sessions(&self) -> &dyn SessionRepository {
        &self.sessions
    }
    fn one_time_tokens(&self) -> &dyn OneTimeTokenRepository {
        &self.one_time_tokens
    }
    fn audit_events(&self) -> &dyn AuditEventRepository {
        &self.audit_events
    }
    fn audit_chain(&self) -> &dyn AuditChainRepository {
        &self.audit_chain
    }
    fn throttles(&self) -> &dyn ThrottleRepository {
        &self.throttles
    }
    fn idempotency(&self) -> &dyn IdempotencyRepository {
        &self.idempotency
    }
    fn jobs(&self) -> &dyn JobRepository {
        &self.jobs
    }
    fn totp_factors(&self) -> &dyn TotpFactorRepository {
        &self.totp_factors
    }
    fn recovery_codes(&self) -> &dyn RecoveryCodeRepository {
        &self.recovery_codes
    }
    fn passkeys(&self) -> &dyn PasskeyRepository {
        &self.passkeys
    }

    fn api_keys(&self) -> &dyn ApiKeyRepository {
        &self.api_keys
    }
    fn signing_keys(&self) -> &dyn SigningKeyRepository {
        &self.signing_keys
    }

    fn buckets(&self) -> &dyn BucketRepository {
        &self.buckets
    }

    fn files(&self) -> &dyn FileRepository {
        &self.files
    }

    fn blobs(&self) -> &dyn BlobRepository {
        &self.blobs
    }

    fn uploads(&self) -> &dyn UploadRepository {
        &self.uploads
    }

    fn avatars(&self) -> &dyn AvatarRepository {
        &self.avatars
    }

    fn file_deletions(&self) -> &dyn FileDeletionRepository {
        &self.file_deletions
    }

    fn sweeps(&self) -> &dyn SweepRepository {
        &self.sweeps
    }

    fn schedules(&self) -> &dyn ScheduleRepository {
        &self.schedules
    }
}

/// A store over [`MockRepositories`] that counts commits.
pub struct MockStore {
    repositories: Arc<MockRepositories>,
    commits: Arc<AtomicU32>,
    bell: JobBell,
}

impl MockStore {
    /// How many units of work were kept.
    #[must_use]
    pub fn commits(&self) -> u32 {
        self.commits.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Store for MockStore {
    fn read(&self) -> &dyn Repositories {
        self.repositories.as_ref()
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>> {
        Ok(Box::new(MockUnitOfWork {
            repositories: Arc::clone(&self.repositories),
            commits: Arc::clone(&self.commits),
        }))
    }

    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    fn health(&self) -> StoreHealth {
        StoreHealth {
            backend: "mock",
            ..StoreHealth::default()
        }
    }

    fn job_bell(&self) -> &JobBell {
        &self.bell
    }
}

struct MockUnitOfWork {
    repositories: Arc<MockRepositories>,
    commits: Arc<AtomicU32>,
}

impl Repositories for MockUnitOfWork {
    fn users(&self) -> &dyn UserRepository {
        self.repositories.users()
    }
    fn credentials(&self) -> &dyn CredentialRepository {
        self.repositories.credentials()
    }
    fn identities(&self) -> &dyn IdentityRepository {
        self.repositories.identities()
    }
    fn roles(&self) -> &dyn RoleRepository {
        self.repositories.roles()
    }
    fn sessions(&self) -> &dyn SessionRepository {
        self.repositories.sessions()
    }
    fn one_time_tokens(&self) -> &dyn OneTimeTokenRepository {
        self.repositories.one_time_tokens()
    }
    fn audit_events(&self) -> &dyn AuditEventRepository {
        self.repositories.audit_events()
    }
    fn audit_chain(&self) -> &dyn AuditChainRepository {
        self.repositories.audit_chain()
    }
    fn throttles(&self) -> &dyn ThrottleRepository {
        self.repositories.throttles()
    }
    fn idempotency(&self) -> &dyn IdempotencyRepository {
        self.repositories.idempotency()
    }
    fn jobs(&self) -> &dyn JobRepository {
        self.repositories.jobs()
    }
    fn totp_factors(&self) -> &dyn TotpFactorRepository {
        self.repositories.totp_factors()
    }
    fn recovery_codes(&self) -> &dyn RecoveryCodeRepository {
        self.repositories.recovery_codes()
    }
    fn passkeys(&self) -> &dyn PasskeyRepository {
        self.repositories.passkeys()
    }

    fn api_keys(&self) -> &dyn ApiKeyRepository {
        self.repositories.api_keys()
    }
    fn signing_keys(&self) -> &dyn SigningKeyRepository {
        self.repositories.signing_keys()
    }

    fn buckets(&self) -> &dyn BucketRepository {
        self.repositories.buckets()
    }

    fn files(&self) -> &dyn FileRepository {
        self.repositories.files()
    }

    fn blobs(&self) -> &dyn BlobRepository {
        self.repositories.blobs()
    }

    fn uploads(&self) -> &dyn UploadRepository {
        self.repositories.uploads()
    }

    fn avatars(&self) -> &dyn AvatarRepository {
        self.repositories.avatars()
    }

    fn file_deletions(&self) -> &dyn FileDeletionRepository {
        self.repositories.file_deletions()
    }

    fn sweeps(&self) -> &dyn SweepRepository {
        self.repositories.sweeps()
    }

    fn schedules(&self) -> &dyn ScheduleRepository {
        self.repositories.schedules()
    }
}

#[async_trait]
impl UnitOfWork for MockUnitOfWork {
    async fn commit(self: Box<Self>) -> Result<()> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
