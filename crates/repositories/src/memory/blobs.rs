//! Octets in the object store, in memory.

use async_trait::async_trait;
use mainstay_domain::{Blob, BlobId, BlobStatus, Timestamp};

use super::{
    access::{Access, Memory},
    state::insert_new,
};
use crate::{BlobRepository, Result, constraint};

#[async_trait]
impl<A: Access> BlobRepository for Memory<A> {
    async fn insert(&self, blob: &Blob) -> Result<()> {
        self.0
            .write(|state| insert_new(&mut state.blobs, blob.id, blob, constraint::OTHER))
            .await
    }

    async fn find(&self, id: BlobId) -> Result<Option<Blob>> {
        Ok(self.0.read(|state| state.blobs.get(&id).cloned()))
    }

    async fn set_status(&self, id: BlobId, from: BlobStatus, to: BlobStatus, at: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.blobs.get_mut(&id).filter(|blob| blob.status == from);
                let Some(stored) = stored else { return Ok(false) };
                (stored.status, stored.since) = (to, at);
                Ok(true)
            })
            .await
    }

    async fn list(&self, status: BlobStatus, before: Timestamp, limit: u32) -> Result<Vec<Blob>> {
        let mut found: Vec<Blob> = self.0.read(|state| {
            let blobs = state.blobs.values();
            let found = blobs.filter(|blob| blob.status == status && blob.since < before);
            found.cloned().collect()
        });
        found.sort_by_key(|blob| (blob.since, blob.id));
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn count(&self, status: BlobStatus, before: Timestamp) -> Result<u64> {
        let counts = |blob: &&Blob| blob.status == status && blob.since < before;
        Ok(self
            .0
            .read(|state| state.blobs.values().filter(counts).count() as u64))
    }

    async fn known(&self, ids: &[BlobId]) -> Result<Vec<BlobId>> {
        Ok(self.0.read(|state| {
            let known = ids.iter().filter(|id| state.blobs.contains_key(id));
            known.copied().collect()
        }))
    }

    async fn delete(&self, id: BlobId, status: BlobStatus) -> Result<bool> {
        self.0
            .write(|state| {
                let found = state.blobs.get(&id).is_some_and(|blob| blob.status == status);
                if found {
                    state.blobs.remove(&id);
                }
                Ok(found)
            })
            .await
    }
}
