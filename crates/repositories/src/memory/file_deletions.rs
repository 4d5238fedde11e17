//! Deletions of many files, in memory.

use async_trait::async_trait;
use mainstay_domain::{
    BucketId, DeletionStatus, FileDeletion, FileDeletionId, ObjectKey, Page, PageRequest, Position,
    SortValue, Timestamp, UserId,
};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{ensure, insert_new, purge},
};
use crate::{FileDeletionRepository, Result, constraint};

#[async_trait]
impl<A: Access> FileDeletionRepository for Memory<A> {
    async fn insert(&self, deletion: &FileDeletion, most: u32) -> Result<bool> {
        self.0
            .write(|state| {
                state.require_user(deletion.owner)?;
                ensure(
                    state.buckets.contains_key(&deletion.bucket_id),
                    constraint::REFERENCE,
                )?;
                let counts =
                    |other: &&FileDeletion| other.owner == deletion.owner && other.status.is_under_way();
                if state.file_deletions.values().filter(counts).count() >= most as usize {
                    return Ok(false);
                }
                insert_new(
                    &mut state.file_deletions,
                    deletion.id,
                    deletion,
                    constraint::OTHER,
                )?;
                Ok(true)
            })
            .await
    }

    async fn find(&self, id: FileDeletionId) -> Result<Option<FileDeletion>> {
        Ok(self.0.read(|state| state.file_deletions.get(&id).cloned()))
    }

    async fn list(
        &self,
        owner: UserId,
        bucket: Option<BucketId>,
        page: &PageRequest,
    ) -> Result<Page<FileDeletion>> {
        let own = |deletion: &&FileDeletion| {
            deletion.owner == owner && bucket.is_none_or(|bucket| deletion.bucket_id == bucket)
        };
        Ok(self.0.read(|state| {
            let rows = state.file_deletions.values().filter(own).collect();
            page_of(rows, page, true, position)
        }))
    }

    async fn advance<'a>(
        &self,
        seen: &FileDeletion,
        (deleted, reached): (i64, Option<&'a ObjectKey>),
        now: Timestamp,
    ) -> Result<bool> {
        self.0
            .write(|state| {
                let same =
                    |stored: &&mut FileDeletion| stored.step == seen.step && stored.status.is_under_way();
                let Some(stored) = state.file_deletions.get_mut(&seen.id).filter(same) else {
                    return Ok(false);
                };
                stored.status = DeletionStatus::Running;
                stored.deleted += deleted;
                stored.reached = reached.cloned();
                stored.step += 1;
                stored.moved_at = now;
                Ok(true)
            })
            .await
    }

    async fn end(&self, id: FileDeletionId, status: DeletionStatus, now: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let going = |stored: &&mut FileDeletion| stored.status.is_under_way();
                let Some(stored) = state.file_deletions.get_mut(&id).filter(going) else {
                    return Ok(false);
                };
                (stored.status, stored.finished_at) = (status, Some(now));
                Ok(true)
            })
            .await
    }

    async fn fail_stalled(&self, before: Timestamp, now: Timestamp) -> Result<u64> {
        self.0
            .write(|state| {
                let mut failed = 0;
                for stored in state.file_deletions.values_mut() {
                    if stored.status.is_under_way() && stored.moved_at < before {
                        (stored.status, stored.finished_at) = (DeletionStatus::Failed, Some(now));
                        failed += 1;
                    }
                }
                Ok(failed)
            })
            .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.0
            .write(|state| {
                Ok(purge(&mut state.file_deletions, limit, |deletion| {
                    deletion.finished_at.is_some_and(|at| at < before)
                }))
            })
            .await
    }
}

fn position(deletion: &FileDeletion) -> Position {
    Position {
        value: SortValue::Micros(deletion.created_at.timestamp_micros()),
        id: deletion.id.uuid(),
    }
}
