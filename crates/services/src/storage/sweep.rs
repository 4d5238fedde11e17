//! Removing octets that no file stands for.

use chrono::Duration;
use mainstay_domain::{Blob, BlobStatus, Timestamp};

use super::{StorageError, StorageService, blob::object_key};

/// Octets that were given up stay this long for whoever is reading them.
const LET_READERS_FINISH: Duration = Duration::minutes(10);
/// Octets that nobody has written for so long will never be finished. A long upload tells every hour
/// that it is alive.
const ABANDONED: Duration = Duration::days(1);
/// Blobs looked at in one go.
const BATCH: u32 = 100;

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Uploads that were given up.
    pub abandoned: u64,
    /// Blobs whose octets were removed.
    pub removed: u64,
    /// How many octets those were, if that was to be measured.
    pub freed: u64,
}

impl StorageService {
    /// Gives up uploads that broke off, and removes octets that no file stands for.
    ///
    /// # Errors
    /// `Failure`; what could be removed is.
    #[tracing::instrument(name = "storage.sweep", skip_all)]
    pub async fn sweep(&self) -> Result<Swept, StorageError> {
        self.sweep_blobs(false).await
    }

    /// [`Self::sweep`]; measuring costs one more request a blob.
    pub(super) async fn sweep_blobs(&self, measure: bool) -> Result<Swept, StorageError> {
        let now = self.ports.clock.now();
        // The octets of their parts are abandoned a day after they came.
        let uploads = self.ports.store.read().uploads();
        while uploads.purge(now, BATCH).await? == u64::from(BATCH) {}
        let abandoned = self.abandon(now - ABANDONED, now).await?;
        let before = now - LET_READERS_FINISH;
        let (removed, freed) = self.remove_dead(before, measure).await?;
        Ok(Swept {
            abandoned,
            removed,
            freed,
        })
    }

    /// What a sweep would do now; nothing is measured.
    pub(super) async fn would_sweep(&self) -> Result<Swept, StorageError> {
        let (now, blobs) = (self.ports.clock.now(), self.ports.store.read().blobs());
        Ok(Swept {
            abandoned: blobs.count(BlobStatus::Writing, now - ABANDONED).await?,
            removed: blobs.count(BlobStatus::Dead, now - LET_READERS_FINISH).await?,
            freed: 0,
        })
    }

    async fn abandon(&self, before: Timestamp, now: Timestamp) -> Result<u64, StorageError> {
        let blobs = self.ports.store.read().blobs();
        let mut abandoned = 0;
        loop {
            let stale = blobs.list(BlobStatus::Writing, before, BATCH).await?;
            for blob in &stale {
                let (from, to) = (BlobStatus::Writing, BlobStatus::Dead);
                abandoned += u64::from(blobs.set_status(blob.id, from, to, now).await?);
            }
            if stale.len() < BATCH as usize {
                return Ok(abandoned);
            }
        }
    }

    /// How many blobs, and how many octets those were.
    async fn remove_dead(&self, before: Timestamp, measure: bool) -> Result<(u64, u64), StorageError> {
        let blobs = self.ports.store.read().blobs();
        let (mut removed, mut freed) = (0, 0);
        loop {
            let dead = blobs.list(BlobStatus::Dead, before, BATCH).await?;
            for blob in &dead {
                let size = if measure { self.measure(blob).await? } else { 0 };
                if self.remove_blob(blob).await? {
                    (removed, freed) = (removed + 1, freed + size);
                }
            }
            if dead.len() < BATCH as usize {
                return Ok((removed, freed));
            }
        }
    }

    async fn measure(&self, blob: &Blob) -> Result<u64, StorageError> {
        let key = object_key(blob.id)?;
        let found = self.ports.objects.head(&blob.bucket, &key).await?;
        Ok(found.map_or(0, |found| found.size))
    }

    /// The octets first, then the row: a process that dies in between does it again.
    async fn remove_blob(&self, blob: &Blob) -> Result<bool, StorageError> {
        let key = object_key(blob.id)?;
        self.ports.objects.delete(&blob.bucket, &key).await?;
        let blobs = self.ports.store.read().blobs();
        Ok(blobs.delete(blob.id, BlobStatus::Dead).await?)
    }
}
