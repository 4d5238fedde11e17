//! Finding, a little in every run, what the database and the object store do not agree about.

use mainstay_domain::{BucketName, FileId, ObjectKey};

use super::{StorageError, StorageService};

/// Where the walk over objects goes on.
const OBJECTS: &str = "storage.objects";
/// Where the walk over files goes on.
const FILES: &str = "storage.files";
/// Objects looked at in one run; a store lists them a thousand at a time.
const OBJECTS_A_RUN: usize = 10_000;
/// Objects of one list.
const LIST: usize = 1_000;
/// What a list counts for at least, so that many empty buckets are not all listed in one run.
const LEAST: usize = 50;
/// Files looked at in one run; each costs a request to the object store.
const FILES_A_RUN: u32 = 1_000;
/// More strays in one list than this, and more than half of it: the database is not that of the store.
const SUSPICIOUS: usize = 10;
/// Lost files that the log names in one run.
const NAMED: usize = 20;

/// What a run found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mended {
    /// Objects that no row knew of, and that were removed.
    pub strays: u64,
    /// Files whose octets are missing. Nothing is done about them but telling.
    pub lost: u64,
}

impl StorageService {
    /// Goes on where the last run ended: removes objects that no row knows of, and tells the log of
    /// files whose octets are missing. From the end it begins anew.
    ///
    /// # Errors
    /// `Failure`; the next run looks at the same again.
    #[tracing::instrument(name = "storage.mend", skip_all)]
    pub async fn mend(&self) -> Result<Mended, StorageError> {
        Ok(Mended {
            strays: self.mend_objects().await?,
            lost: self.watch_files().await?,
        })
    }

    async fn mend_objects(&self) -> Result<u64, StorageError> {
        let sweeps = self.ports.store.read().sweeps();
        let place = sweeps.find(OBJECTS).await?.unwrap_or_default();
        let (first, key) = place.split_once('/').unwrap_or((&place, ""));
        let buckets = self.own_buckets().await?;
        let (mut removed, mut left) = (0, OBJECTS_A_RUN);
        for bucket in buckets.iter().filter(|bucket| bucket.as_str() >= first) {
            let mut after = ObjectKey::parse(key).ok().filter(|_| bucket.as_str() == first);
            loop {
                let page = self.stray_objects(bucket, after.as_ref(), LIST).await?;
                if page.strays.len() > SUSPICIOUS && page.strays.len() * 2 > page.seen {
                    tracing::error!(%bucket, strays = page.strays.len(), "most objects are unknown to the database; none is removed");
                } else {
                    removed += self.remove_strays(bucket, &page.strays).await?;
                }
                left = left.saturating_sub(page.seen.max(LEAST));
                after = page.last;
                if left == 0 {
                    sweeps.keep(OBJECTS, &place_in(bucket, after.as_ref())).await?;
                    return Ok(removed);
                }
                if after.is_none() {
                    break;
                }
            }
        }
        sweeps.keep(OBJECTS, "").await?;
        Ok(removed)
    }

    async fn remove_strays(
        &self,
        bucket: &BucketName,
        strays: &[crate::ports::ObjectInfo],
    ) -> Result<u64, StorageError> {
        for stray in strays {
            self.ports.objects.delete(bucket, &stray.key).await?;
            tracing::warn!(%bucket, object = %stray.key, "octets that no row knew of were removed");
        }
        Ok(strays.len() as u64)
    }

    async fn watch_files(&self) -> Result<u64, StorageError> {
        let sweeps = self.ports.store.read().sweeps();
        let place = sweeps.find(FILES).await?.unwrap_or_default();
        let after: Option<FileId> = place.parse().ok();
        let page = self.lost_files(after, FILES_A_RUN).await?;
        for lost in page.lost.iter().take(NAMED) {
            let (bucket, file) = (&lost.bucket.name, lost.file.id);
            tracing::error!(%bucket, %file, "the octets of a file are missing; see `storage sweep`");
        }
        let next = page.last.map(|last| last.to_string()).unwrap_or_default();
        sweeps.keep(FILES, &next).await?;
        Ok(page.lost.len() as u64)
    }
}

/// At the end of a bucket the walk goes on behind it: no name of a bucket lies between a name and
/// the same name with an exclamation mark.
fn place_in(bucket: &BucketName, after: Option<&ObjectKey>) -> String {
    match after {
        Some(key) => format!("{bucket}/{key}"),
        None => format!("{bucket}!"),
    }
}
