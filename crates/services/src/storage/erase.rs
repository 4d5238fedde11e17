//! Taking files away, with what is counted of them and what they stand for.

use mainstay_domain::{BucketId, File, PageRequest, Timestamp, Usage, UserId};
use mainstay_repositories::{Store, UnitOfWork};

use super::place::bury;
use crate::Failure;

/// Takes a file's row away, uncounts it, and gives its octets up; tells whether it still was there
/// as it was read.
pub(super) async fn remove(unit: &dyn UnitOfWork, file: &File, now: Timestamp) -> Result<bool, Failure> {
    remove_all(unit, file.bucket_id, std::slice::from_ref(file), now).await
}

/// [`remove`] for files of one bucket: all of them, or the unit of work must be dropped. The bucket's
/// row comes first, as everywhere, so that nobody waits for whoever waits for them.
pub(super) async fn remove_all(
    unit: &dyn UnitOfWork,
    bucket: BucketId,
    files: &[File],
    now: Timestamp,
) -> Result<bool, Failure> {
    if files.is_empty() {
        return Ok(true);
    }
    let less = files.iter().fold(Usage::default(), |less, file| Usage {
        size: less.size - file.size,
        files: less.files - 1,
    });
    unit.buckets().count(bucket, less).await?;
    for file in files {
        if !unit.files().delete(file).await? {
            return Ok(false);
        }
        bury(unit, file.blob, now).await?;
    }
    Ok(true)
}

/// Takes every file of a user away, in every bucket. Returns how many went.
///
/// # Errors
/// `Failure`.
pub(crate) async fn erase_files(store: &dyn Store, user: UserId, now: Timestamp) -> Result<u64, Failure> {
    let mut page = PageRequest {
        limit: mainstay_domain::MAX_PAGE_LIMIT,
        ..PageRequest::default()
    };
    let mut erased = 0;
    loop {
        let owned = store.read().files().list_owned(user, &page).await?;
        for file in &owned.items {
            erased += u64::from(erase(store, file, now).await?);
        }
        if owned.next.is_none() {
            return Ok(erased);
        }
        page.after = owned.next;
    }
}

/// Removes a file however often it changes meanwhile.
async fn erase(store: &dyn Store, file: &File, now: Timestamp) -> Result<bool, Failure> {
    let mut file = file.clone();
    loop {
        let unit = store.begin().await?;
        if remove(&*unit, &file, now).await? {
            unit.commit().await?;
            return Ok(true);
        }
        drop(unit);
        match store.read().files().find_by_id(file.id).await? {
            Some(there) => file = there,
            None => return Ok(false),
        }
    }
}
