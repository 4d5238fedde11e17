//! Every repository over one connection.

use super::{Sea, SeaConnection};
use crate::{
    ApiKeyRepository, AuditChainRepository, AuditEventRepository, AvatarRepository, BlobRepository,
    BucketRepository, CredentialRepository, FileDeletionRepository, FileRepository, IdempotencyRepository,
    IdentityRepository, JobRepository, OneTimeTokenRepository, PasskeyRepository, RecoveryCodeRepository,
    Repositories, RoleRepository, ScheduleRepository, SessionRepository, SigningKeyRepository,
    SweepRepository, ThrottleRepository, TotpFactorRepository, UploadRepository, UserRepository,
};

impl<C: SeaConnection> Repositories for Sea<C> {
    fn users(&self) -> &dyn UserRepository {
        self
    }

    fn credentials(&self) -> &dyn CredentialRepository {
        self
    }

    fn identities(&self) -> &dyn IdentityRepository {
        self
    }

    fn roles(&self) -> &dyn RoleRepository {
        self
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self
    }

    fn one_time_tokens(&self) -> &dyn OneTimeTokenRepository {
        self
    }

    fn audit_events(&self) -> &dyn AuditEventRepository {
        self
    }

    fn audit_chain(&self) -> &dyn AuditChainRepository {
        self
    }

    fn throttles(&self) -> &dyn ThrottleRepository {
        self
    }

    fn idempotency(&self) -> &dyn IdempotencyRepository {
        self
    }

    fn jobs(&self) -> &dyn JobRepository {
        self
    }

    fn totp_factors(&self) -> &dyn TotpFactorRepository {
        self
    }

    fn recovery_codes(&self) -> &dyn RecoveryCodeRepository {
        self
    }

    fn passkeys(&self) -> &dyn PasskeyRepository {
        self
    }

    fn api_keys(&self) -> &dyn ApiKeyRepository {
        self
    }

    fn signing_keys(&self) -> &dyn SigningKeyRepository {
        self
    }

    fn buckets(&self) -> &dyn BucketRepository {
        self
    }

    fn files(&self) -> &dyn FileRepository {
        self
    }

    fn blobs(&self) -> &dyn BlobRepository {
        self
    }

    fn uploads(&self) -> &dyn UploadRepository {
        self
    }

    fn avatars(&self) -> &dyn AvatarRepository {
        self
    }

    fn file_deletions(&self) -> &dyn FileDeletionRepository {
        self
    }

    fn schedules(&self) -> &dyn ScheduleRepository {
        self
    }

    fn sweeps(&self) -> &dyn SweepRepository {
        self
    }
}
