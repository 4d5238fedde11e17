//! Files whose octets are not in the object store.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use mainstay_domain::{AuditEvent, AuditKind, Bucket, BucketId, File, FileId, Origin};

use super::{
    FILE_DELETED_JOB, StorageError, StorageService, blob::object_key, erase::remove, place::place_of,
};
use crate::audit::event;

/// Objects that are asked for at once.
const AT_ONCE: usize = 8;

/// A file whose octets are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostFile {
    /// Where.
    pub bucket: Bucket,
    /// The file.
    pub file: File,
}

/// Files that come one after the other.
pub(super) struct FilePage {
    /// How many were looked at.
    pub(super) checked: u64,
    /// Those of them whose octets are missing.
    pub(super) lost: Vec<LostFile>,
    /// The last one that was looked at; none at the end.
    pub(super) last: Option<FileId>,
}

impl StorageService {
    /// Looks at up to `limit` files behind `after`, by id.
    pub(super) async fn lost_files(
        &self,
        after: Option<FileId>,
        limit: u32,
    ) -> Result<FilePage, StorageError> {
        let files = self.ports.store.read().files().walk(after, limit).await?;
        let checked = files.len() as u64;
        let last = files.last().map(|file| file.id);
        let buckets = self.buckets_of(&files).await?;
        let there = files.into_iter().filter_map(|file| {
            let bucket = buckets.get(&file.bucket_id)?.clone();
            Some(LostFile { bucket, file })
        });
        let lost = stream::iter(there)
            .map(|file| self.if_lost(file))
            .buffered(AT_ONCE)
            .try_filter_map(|lost| std::future::ready(Ok(lost)))
            .try_collect()
            .await?;
        Ok(FilePage {
            checked,
            lost,
            last: last.filter(|_| checked == u64::from(limit)),
        })
    }

    async fn buckets_of(&self, files: &[File]) -> Result<HashMap<BucketId, Bucket>, StorageError> {
        let mut buckets = HashMap::new();
        for file in files {
            if buckets.contains_key(&file.bucket_id) {
                continue;
            }
            let found = self.ports.store.read().buckets().find_by_id(file.bucket_id);
            if let Some(bucket) = found.await? {
                buckets.insert(file.bucket_id, bucket);
            }
        }
        Ok(buckets)
    }

    /// The file, if its octets are not there. One without octets has none to lose; one that was
    /// written anew or deleted meanwhile has others.
    async fn if_lost(&self, seen: LostFile) -> Result<Option<LostFile>, StorageError> {
        if seen.file.size == 0 {
            return Ok(None);
        }
        let key = object_key(seen.file.blob)?;
        let found = self.ports.objects.head(&seen.bucket.name, &key).await?;
        if found.is_some() {
            return Ok(None);
        }
        let files = self.ports.store.read().files();
        let now = files.find_by_id(seen.file.id).await?;
        let same = now.filter(|now| now.blob == seen.file.blob && now.bucket_id == seen.bucket.id);
        Ok(same.map(|file| LostFile { file, ..seen }))
    }

    /// Gives a lost file up; tells whether it still was as it was seen.
    pub(super) async fn forget_lost(&self, lost: &LostFile) -> Result<bool, StorageError> {
        let LostFile { bucket, file } = lost;
        let now = self.ports.clock.now();
        let detail = format!("octets lost: {}", place_of(bucket, file));
        let gone = AuditEvent {
            subject_id: file.owner,
            detail: Some(detail.chars().take(255).collect()),
            ..event(
                &*self.ports.entropy,
                now,
                AuditKind::FileDeleted,
                &Origin::default(),
            )
        };
        let unit = self.ports.store.begin().await?;
        if !remove(&*unit, file, now).await? {
            return Ok(false);
        }
        unit.audit_events().append(&gone).await?;
        self.announce(&*unit, &FILE_DELETED_JOB, (bucket, file)).await?;
        unit.commit().await?;
        Ok(true)
    }
}
