//! How repositories reach the state: directly, or inside a unit of work.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::state::State;
use crate::{
    ApiKeyRepository, AuditChainRepository, AuditEventRepository, AvatarRepository, BlobRepository,
    BucketRepository, CredentialRepository, FileDeletionRepository, FileRepository, IdempotencyRepository,
    IdentityRepository, JobBell, JobRepository, OneTimeTokenRepository, PasskeyRepository,
    RecoveryCodeRepository, Repositories, Result, RoleRepository, ScheduleRepository, SessionRepository,
    SigningKeyRepository, SweepRepository, ThrottleRepository, TotpFactorRepository, UploadRepository,
    UserRepository,
};

/// A way to the state.
pub(super) trait Access: Send + Sync + 'static {
    /// Looks at the state.
    fn read<T>(&self, query: impl FnOnce(&State) -> T) -> T;

    /// Changes the state. A `change` that fails must leave the state as it found it.
    fn write<T: Send>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T> + Send,
    ) -> impl Future<Output = Result<T>> + Send;

    /// A job was added.
    fn job_added(&self);
}

/// What all clones of a store share.
pub(super) struct Shared {
    /// The last committed state.
    pub committed: RwLock<State>,
    /// Held by whoever may write now.
    pub turn: Arc<Mutex<()>>,
    /// Rings when jobs were added.
    pub bell: JobBell,
}

/// Every call stands for itself.
#[derive(Clone)]
pub(super) struct Autocommit(pub Arc<Shared>);

impl Access for Autocommit {
    fn read<T>(&self, query: impl FnOnce(&State) -> T) -> T {
        query(&self.0.committed.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn write<T: Send>(&self, change: impl FnOnce(&mut State) -> Result<T> + Send) -> Result<T> {
        let _turn = self.0.turn.lock().await;
        let mut state = self.0.committed.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut state)
    }

    fn job_added(&self) {
        self.0.bell.ring();
    }
}

/// Every repository, over one way to the state.
#[derive(Clone)]
pub(super) struct Memory<A>(pub A);

impl<A: Access> Repositories for Memory<A> {
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
