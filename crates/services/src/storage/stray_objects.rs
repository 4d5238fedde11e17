//! Octets in the object store that no row knows of.

use std::collections::HashSet;

use chrono::Duration;
use mainstay_domain::{BlobId, BucketName, MAX_PAGE_LIMIT, ObjectKey, PageRequest};

use super::{StorageError, StorageService};
use crate::ports::{ObjectError, ObjectInfo};

/// Octets have a row before they are written, so that strays were left by something that went wrong
/// long ago; whatever is younger is left alone all the same.
const GRACE: Duration = Duration::days(1);
/// Buckets that Mainstay keeps octets in without showing them as buckets.
const HOUSE_BUCKETS: [&str; 1] = ["mainstay-avatars"];

/// Objects that lie next to each other.
pub(super) struct ObjectPage {
    /// How many were looked at.
    pub(super) seen: usize,
    /// Those of them that no row knows of.
    pub(super) strays: Vec<ObjectInfo>,
    /// The last one that was looked at; none at the end.
    pub(super) last: Option<ObjectKey>,
}

impl StorageService {
    /// Every bucket that Mainstay keeps octets in, by name. What else is in the object store belongs
    /// to somebody else.
    pub(super) async fn own_buckets(&self) -> Result<Vec<BucketName>, StorageError> {
        let mut names: Vec<BucketName> = HOUSE_BUCKETS
            .iter()
            .filter_map(|name| BucketName::parse(name).ok())
            .collect();
        let mut page = PageRequest {
            limit: MAX_PAGE_LIMIT,
            ..PageRequest::default()
        };
        loop {
            let found = self.ports.store.read().buckets().list(&page).await?;
            names.extend(found.items.into_iter().map(|bucket| bucket.name));
            page.after = found.next;
            if page.after.is_none() {
                break;
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Looks at up to `limit` objects of a bucket behind `after`.
    pub(super) async fn stray_objects(
        &self,
        bucket: &BucketName,
        after: Option<&ObjectKey>,
        limit: usize,
    ) -> Result<ObjectPage, StorageError> {
        let listed = match self.ports.objects.list(bucket, after, limit).await {
            Ok(listed) => listed,
            Err(ObjectError::NotFound) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let ids: Vec<BlobId> = listed.iter().filter_map(blob_of).collect();
        let known = self.ports.store.read().blobs().known(&ids).await?;
        let known: HashSet<BlobId> = known.into_iter().collect();
        let before = self.ports.clock.now() - GRACE;
        let seen = listed.len();
        let last = listed.last().map(|object| object.key.clone());
        let stray = |object: &ObjectInfo| {
            object.written_at < before && blob_of(object).is_some_and(|blob| !known.contains(&blob))
        };
        Ok(ObjectPage {
            seen,
            strays: listed.into_iter().filter(stray).collect(),
            last: last.filter(|_| seen >= limit),
        })
    }
}

/// The blob that an object is named after. What has another name was not written by Mainstay.
fn blob_of(object: &ObjectInfo) -> Option<BlobId> {
    let blob: BlobId = object.key.as_str().parse().ok()?;
    (blob.to_string() == object.key.as_str()).then_some(blob)
}
