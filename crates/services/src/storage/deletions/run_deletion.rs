//! Doing a deletion of many files.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{
    Bucket, DeletionStatus, FileDeletion, FileDeletionId, Job, JobKind, Permission, UserStatus,
};
use mainstay_repositories::UnitOfWork;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::page::{Errand, Step};
use crate::{
    Failure,
    jobs::{JobError, JobHandler},
    storage::{
        StorageError, StorageService,
        access::{Reach, Writer},
    },
};

/// The kind of the jobs that delete many files.
const FILE_DELETION_JOB: JobKind = JobKind::new("file.deletion");
/// Tries of one job; with ten seconds before the second one, some four to six hours of them.
const ATTEMPTS: i32 = 12;
/// Files of one commit. It holds the bucket's row, and on SQLite every writer, for so long.
const PAGE: u32 = 50;
/// Pages of one job, which must end within its lease; the next job goes on.
const PAGES: u32 = 20;
/// How often one job may find that somebody else came first.
const RACES: u32 = 100;

/// Does the jobs that delete many files.
pub struct DeleteFiles {
    /// Knows the files.
    pub storage: Arc<StorageService>,
}

/// What such a job is about.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    deletion: Uuid,
}

#[async_trait]
impl JobHandler for DeleteFiles {
    fn kind(&self) -> JobKind {
        FILE_DELETION_JOB
    }

    async fn run(&self, job: &Job) -> Result<(), JobError> {
        let order: Order =
            serde_json::from_str(&job.payload).map_err(|error| JobError::Dead(error.to_string()))?;
        let id = FileDeletionId(order.deletion);
        let Err(error) = self.storage.run_deletion(id).await else {
            return Ok(());
        };
        if job.is_last_attempt() {
            let failed = self.storage.fail_deletion(id).await;
            failed.map_err(|error| JobError::Again(error.to_string()))?;
        }
        Err(JobError::Again(error.to_string()))
    }
}

impl StorageService {
    /// Writes down the job that goes on with a deletion.
    pub(super) async fn order_deletion(
        &self,
        unit: &dyn UnitOfWork,
        id: FileDeletionId,
    ) -> Result<(), Failure> {
        let payload = serde_json::to_string(&Order { deletion: id.uuid() });
        self.order(unit, (FILE_DELETION_JOB, ATTEMPTS), payload).await
    }

    /// Goes on with a deletion until it ends or the job has done its share.
    async fn run_deletion(&self, id: FileDeletionId) -> Result<(), StorageError> {
        let Some(mut errand) = self.errand(id).await? else {
            return Ok(());
        };
        let (mut pages, mut races, mut size) = (0, 0, PAGE);
        while pages < PAGES {
            match self.delete_page(&mut errand, (size, pages + 1 == PAGES)).await? {
                Step::Ended => return Ok(()),
                Step::Moved => (pages, size) = (pages + 1, PAGE),
                Step::Raced if races == RACES => return Err(crowded()),
                Step::Raced => {
                    (races, size) = (races + 1, (size / 2).max(1));
                    match self.ports.store.read().file_deletions().find(id).await? {
                        // Whoever moved it on may be dead by now: go on from there.
                        Some(now) if now.status.is_under_way() => errand.deletion = now,
                        _ => return Ok(()),
                    }
                }
            }
        }
        Ok(())
    }

    /// What there is to do, if anything is; whoever may not any more is not obeyed any more.
    async fn errand(&self, id: FileDeletionId) -> Result<Option<Errand>, StorageError> {
        let store = self.ports.store.read();
        let found = store.file_deletions().find(id).await?;
        let Some(deletion) = found.filter(|found| found.status.is_under_way()) else {
            return Ok(None);
        };
        let Some(bucket) = store.buckets().find_by_id(deletion.bucket_id).await? else {
            return Ok(None);
        };
        if !self.still_may(&deletion, &bucket).await? {
            tracing::warn!(deletion = %id, "whoever asked for a deletion may not delete any more");
            self.fail_deletion(id).await?;
            return Ok(None);
        }
        let writer = Writer {
            user: deletion.owner,
            api_key: deletion.api_key_id,
            reach: match deletion.everybody {
                true => Reach::Everything,
                false => Reach::Own(deletion.owner),
            },
        };
        Ok(Some(Errand {
            deletion,
            bucket,
            writer,
        }))
    }

    /// Whether whoever asked could ask for the same now.
    async fn still_may(&self, deletion: &FileDeletion, bucket: &Bucket) -> Result<bool, StorageError> {
        let store = self.ports.store.read();
        let user = store.users().find(deletion.owner).await?;
        let Some(user) = user.filter(|user| user.status == UserStatus::Active) else {
            return Ok(false);
        };
        let everything = &Permission::STORAGE_WRITE_ALL;
        if let Some(key) = deletion.api_key_id {
            let key = store.api_keys().find(user.id, key).await?;
            let now = self.ports.clock.now();
            if !key.is_some_and(|key| key.is_alive(now) && key.scopes.contains(everything)) {
                return Ok(false);
            }
        }
        if !deletion.everybody {
            return Ok(bucket.open);
        }
        let granted = self.ports.roles.permissions_of(&user.roles).await?;
        Ok(granted.contains(everything))
    }

    async fn fail_deletion(&self, id: FileDeletionId) -> Result<(), StorageError> {
        let now = self.ports.clock.now();
        let deletions = self.ports.store.read().file_deletions();
        deletions.end(id, DeletionStatus::Failed, now).await?;
        Ok(())
    }
}

fn crowded() -> StorageError {
    Failure::Unavailable {
        reason: "others change the files all the time".to_owned(),
        retry_after: std::time::Duration::from_secs(1),
    }
    .into()
}
