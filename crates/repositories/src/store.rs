//! The door to all repositories, and the unit of work.

use async_trait::async_trait;

use crate::{
    ApiKeyRepository, AuditChainRepository, AuditEventRepository, AvatarRepository, BlobRepository,
    BucketRepository, CredentialRepository, FileDeletionRepository, FileRepository, IdempotencyRepository,
    IdentityRepository, JobBell, JobRepository, OneTimeTokenRepository, PasskeyRepository,
    RecoveryCodeRepository, Result, RoleRepository, ScheduleRepository, SessionRepository,
    SigningKeyRepository, SweepRepository, ThrottleRepository, TotpFactorRepository, UploadRepository,
    UserRepository,
};

/// Every repository, over one connection or over the pool.
///
/// A new repository adds one accessor here; implementations that lack it do not compile.
pub trait Repositories: Send + Sync {
    /// Users.
    fn users(&self) -> &dyn UserRepository;
    /// Password credentials.
    fn credentials(&self) -> &dyn CredentialRepository;
    /// Identities at other providers.
    fn identities(&self) -> &dyn IdentityRepository;
    /// Roles and their permissions.
    fn roles(&self) -> &dyn RoleRepository;
    /// Login sessions.
    fn sessions(&self) -> &dyn SessionRepository;
    /// Tokens that work once.
    fn one_time_tokens(&self) -> &dyn OneTimeTokenRepository;
    /// The audit log.
    fn audit_events(&self) -> &dyn AuditEventRepository;
    /// The chain that its events are sealed in.
    fn audit_chain(&self) -> &dyn AuditChainRepository;
    /// Counters that slow guesses down.
    fn throttles(&self) -> &dyn ThrottleRepository;
    /// Remembered answers.
    fn idempotency(&self) -> &dyn IdempotencyRepository;
    /// Work that is done afterwards.
    fn jobs(&self) -> &dyn JobRepository;
    /// Authenticator apps.
    fn totp_factors(&self) -> &dyn TotpFactorRepository;
    /// Recovery codes.
    fn recovery_codes(&self) -> &dyn RecoveryCodeRepository;
    /// Passkeys.
    fn passkeys(&self) -> &dyn PasskeyRepository;
    /// API keys.
    fn api_keys(&self) -> &dyn ApiKeyRepository;
    /// Keys that access tokens are signed with.
    fn signing_keys(&self) -> &dyn SigningKeyRepository;
    /// Buckets.
    fn buckets(&self) -> &dyn BucketRepository;
    /// Files.
    fn files(&self) -> &dyn FileRepository;
    /// What lies in the object store.
    fn blobs(&self) -> &dyn BlobRepository;
    /// Files that come in parts.
    fn uploads(&self) -> &dyn UploadRepository;
    /// The pictures of users.
    fn avatars(&self) -> &dyn AvatarRepository;
    /// Deletions of many files.
    fn file_deletions(&self) -> &dyn FileDeletionRepository;
    /// How far sweeps have come.
    fn sweeps(&self) -> &dyn SweepRepository;
    /// What is due when.
    fn schedules(&self) -> &dyn ScheduleRepository;
}

/// True figures about the store behind the port.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreHealth {
    /// `sqlite`, `postgres`, `mysql` or `memory`.
    pub backend: &'static str,
    /// Connections in use now.
    pub active: u32,
    /// Connections open and waiting.
    pub idle: u32,
    /// Connections open.
    pub size: u32,
    /// Most connections there may be.
    pub max: u32,
}

/// Where data is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// Repositories without a transaction: every call stands for itself and costs one
    /// statement.
    fn read(&self) -> &dyn Repositories;

    /// Begins a unit of work. Dropping it rolls everything back.
    ///
    /// Never await hashing, mail, HTTP or object storage while one is open.
    ///
    /// # Errors
    /// [`crate::RepositoryError::Unavailable`] if no connection can be had.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>>;

    /// Makes one round trip to the store.
    ///
    /// # Errors
    /// [`crate::RepositoryError::Unavailable`] if it does not answer.
    async fn ping(&self) -> Result<()>;

    /// Figures about connections; never waits.
    fn health(&self) -> StoreHealth;

    /// Rings when this process added jobs.
    fn job_bell(&self) -> &JobBell;
}

/// Changes that take place together or not at all.
#[async_trait]
pub trait UnitOfWork: Repositories {
    /// Keeps the changes.
    ///
    /// # Errors
    /// [`crate::RepositoryError::Backend`] if any call in this unit of work failed: on some
    /// databases such a transaction is already dead, on others half done, so that nothing of
    /// it may be kept anywhere. Otherwise what the store says.
    async fn commit(self: Box<Self>) -> Result<()>;
}
