//! Buckets in memory.

use async_trait::async_trait;
use mainstay_domain::{Bucket, BucketId, BucketName, Page, PageRequest, Position, SortValue, Usage};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{ensure, insert_new},
};
use crate::{BucketRepository, Result, constraint};

#[async_trait]
impl<A: Access> BucketRepository for Memory<A> {
    async fn insert(&self, bucket: &Bucket) -> Result<()> {
        self.0
            .write(|state| {
                let free = state.buckets.values().all(|stored| stored.name != bucket.name);
                ensure(free, constraint::BUCKETS_NAME)?;
                insert_new(&mut state.buckets, bucket.id, bucket, constraint::OTHER)
            })
            .await
    }

    async fn find(&self, name: &BucketName) -> Result<Option<Bucket>> {
        Ok(self.0.read(|state| {
            let mut buckets = state.buckets.values();
            buckets.find(|stored| stored.name == *name).cloned()
        }))
    }

    async fn find_by_id(&self, id: BucketId) -> Result<Option<Bucket>> {
        Ok(self.0.read(|state| state.buckets.get(&id).cloned()))
    }

    async fn list(&self, page: &PageRequest) -> Result<Page<Bucket>> {
        Ok(self
            .0
            .read(|state| page_of(state.buckets.values().collect(), page, false, position)))
    }

    async fn update(&self, bucket: &Bucket) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.buckets.get_mut(&bucket.id);
                let stored = stored.filter(|stored| stored.version == bucket.version);
                let Some(stored) = stored else { return Ok(false) };
                *stored = Bucket {
                    version: bucket.version + 1,
                    name: stored.name.clone(),
                    created_at: stored.created_at,
                    used: stored.used,
                    files: stored.files,
                    ..bucket.clone()
                };
                Ok(true)
            })
            .await
    }

    async fn delete(&self, id: BucketId) -> Result<bool> {
        self.0
            .write(|state| {
                let empty = state.files.values().all(|file| file.bucket_id != id);
                ensure(empty, constraint::REFERENCE)?;
                state.uploads.retain(|_, upload| upload.bucket_id != id);
                state.cascade_uploads();
                state
                    .file_deletions
                    .retain(|_, deletion| deletion.bucket_id != id);
                Ok(state.buckets.remove(&id).is_some())
            })
            .await
    }

    async fn count(&self, id: BucketId, change: Usage) -> Result<bool> {
        self.0
            .write(|state| {
                let Some(stored) = state.buckets.get_mut(&id) else {
                    return Ok(false);
                };
                let used = stored.used + change.size;
                if change.size > 0 && stored.limits.quota.is_some_and(|quota| used > quota) {
                    return Ok(false);
                }
                stored.used = used;
                stored.files += change.files;
                Ok(true)
            })
            .await
    }
}

fn position(bucket: &Bucket) -> Position {
    Position {
        value: SortValue::Text(bucket.name.as_str().to_owned()),
        id: bucket.id.uuid(),
    }
}
