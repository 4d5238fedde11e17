//! The unit of work.

use std::{ops::Deref, pin::pin};

use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{Sea, release::Waiting};
use crate::{
    ApiKeyRepository, AuditChainRepository, AuditEventRepository, AvatarRepository, BlobRepository,
    BucketRepository, CredentialRepository, FileDeletionRepository, FileRepository, IdempotencyRepository,
    IdentityRepository, JobRepository, OneTimeTokenRepository, PasskeyRepository, RecoveryCodeRepository,
    Repositories, RepositoryError, Result, RoleRepository, ScheduleRepository, SessionRepository,
    SigningKeyRepository, SweepRepository, ThrottleRepository, TotpFactorRepository, UnitOfWork,
    UploadRepository, UserRepository,
};

/// A transaction; dropping it rolls back. It dereferences to [`Sea`], so that a product's own
/// repositories are at hand in the same unit of work.
#[derive(Debug)]
pub struct SeaUnitOfWork {
    // Before the permit, so that it is dropped first.
    sea: Sea<DatabaseTransaction>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl SeaUnitOfWork {
    pub(super) fn new(sea: Sea<DatabaseTransaction>, turn: Option<OwnedSemaphorePermit>) -> Self {
        Self { sea, _turn: turn }
    }

    /// Keeps the changes.
    ///
    /// # Errors
    /// As [`UnitOfWork::commit`].
    pub async fn commit(self) -> Result<()> {
        let limit = self.sea.limit();
        let poisoned = self.sea.is_poisoned();
        let bell = self.sea.bell_for_jobs();
        let transaction = self.sea.into_conn();
        let end = pin!(async {
            if poisoned {
                transaction.rollback().await
            } else {
                transaction.commit().await
            }
        });
        let waiting = Waiting::begin();
        let ended: std::result::Result<(), DbErr> = timeout(limit, end)
            .await
            .map_err(|_| RepositoryError::Unavailable("the commit took too long".to_owned()))?;
        waiting.end();
        if poisoned {
            let text = "a call in this unit of work failed, so nothing of it is kept";
            return Err(RepositoryError::Backend(text.to_owned()));
        }
        ended?;
        if let Some(bell) = bell {
            bell.ring();
        }
        Ok(())
    }
}

impl Deref for SeaUnitOfWork {
    type Target = Sea<DatabaseTransaction>;

    fn deref(&self) -> &Self::Target {
        &self.sea
    }
}

impl Repositories for SeaUnitOfWork {
    fn users(&self) -> &dyn UserRepository {
        &self.sea
    }

    fn credentials(&self) -> &dyn CredentialRepository {
        &self.sea
    }

    fn identities(&self) -> &dyn IdentityRepository {
        &self.sea
    }

    fn roles(&self) -> &dyn RoleRepository {
        &self.sea
    }

    fn sessions(&self) -> &dyn SessionRepository {
        &self.sea
    }

    fn one_time_tokens(&self) -> &dyn OneTimeTokenRepository {
        &self.sea
    }

    fn audit_events(&self) -> &dyn AuditEventRepository {
        &self.sea
    }

    fn audit_chain(&self) -> &dyn AuditChainRepository {
        &self.sea
    }

    fn throttles(&self) -> &dyn ThrottleRepository {
        &self.sea
    }

    fn idempotency(&self) -> &dyn IdempotencyRepository {
        &self.sea
    }

    fn jobs(&self) -> &dyn JobRepository {
        &self.sea
    }

    fn totp_factors(&self) -> &dyn TotpFactorRepository {
        &self.sea
    }

    fn recovery_codes(&self) -> &dyn RecoveryCodeRepository {
        &self.sea
    }

    fn passkeys(&self) -> &dyn PasskeyRepository {
        &self.sea
    }

    fn api_keys(&self) -> &dyn ApiKeyRepository {
        &self.sea
    }

    fn signing_keys(&self) -> &dyn SigningKeyRepository {
        &self.sea
    }

    fn buckets(&self) -> &dyn BucketRepository {
        &self.sea
    }

    fn files(&self) -> &dyn FileRepository {
        &self.sea
    }

    fn blobs(&self) -> &dyn BlobRepository {
        &self.sea
    }

    fn uploads(&self) -> &dyn UploadRepository {
        &self.sea
    }

    fn avatars(&self) -> &dyn AvatarRepository {
        &self.sea
    }

    fn file_deletions(&self) -> &dyn FileDeletionRepository {
        &self.sea
    }

    fn schedules(&self) -> &dyn ScheduleRepository {
        &self.sea
    }

    fn sweeps(&self) -> &dyn SweepRepository {
        &self.sea
    }
}

#[async_trait]
impl UnitOfWork for SeaUnitOfWork {
    async fn commit(self: Box<Self>) -> Result<()> {
        Self::commit(*self).await
    }
}
