//! Files that come in parts.

use async_trait::async_trait;
use mainstay_domain::{Page, PageRequest, ResumableUpload, Timestamp, UploadId, UploadPart, UserId};

use crate::Result;

/// How much of a user may be under way: uploads that are neither finished nor expired when another
/// one is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadBounds {
    /// How many, in all buckets.
    pub uploads: u32,
    /// How many octets are announced by those into one bucket; nothing for any number.
    pub octets: Option<i64>,
}

/// What became of a new upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadAdmission {
    /// It is kept.
    Kept,
    /// Its owner has too many.
    TooMany,
    /// Its owner announced too many octets.
    TooLarge,
}

impl UploadBounds {
    /// What becomes of an upload of `length` octets beside `others` under way: how long each is, and
    /// whether it goes into the same bucket.
    #[must_use]
    pub fn judge(&self, length: i64, others: &[(i64, bool)]) -> UploadAdmission {
        if others.len() >= self.uploads as usize {
            return UploadAdmission::TooMany;
        }
        let same = others.iter().filter(|(_, same_bucket)| *same_bucket);
        let announced = same.fold(length, |sum, (length, _)| sum.saturating_add(*length));
        match self.octets {
            Some(most) if announced > most => UploadAdmission::TooLarge,
            _ => UploadAdmission::Kept,
        }
    }
}

/// Uploads that can be resumed, and the parts of them that are here.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UploadRepository: Send + Sync {
    /// Adds an upload unless that passes what its owner may have under way. Holds for any number of
    /// concurrent calls.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if its owner or its bucket is not there.
    async fn insert(&self, upload: &ResumableUpload, bounds: UploadBounds) -> Result<UploadAdmission>;

    /// The upload with this id, whosever it is.
    async fn find(&self, id: UploadId) -> Result<Option<ResumableUpload>>;

    /// Uploads of a user, finished or not, newest first.
    async fn list(&self, owner: UserId, page: &PageRequest) -> Result<Page<ResumableUpload>>;

    /// Adds a part that begins where the last one ended, and counts it as received; tells whether
    /// it did. Of any number of concurrent calls for one place exactly one does. Never to an upload
    /// that is finished.
    async fn append(&self, id: UploadId, part: &UploadPart) -> Result<bool>;

    /// The parts of an upload, the first one first.
    async fn parts(&self, id: UploadId) -> Result<Vec<UploadPart>>;

    /// Notes that an upload is a file now, all of it received; tells whether it was not before.
    async fn finish(&self, id: UploadId) -> Result<bool>;

    /// Removes a user's upload and its parts; tells whether it was there.
    async fn delete(&self, id: UploadId, owner: UserId) -> Result<bool>;

    /// Removes up to `limit` uploads that expired before `before`, with their parts. Returns how
    /// many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
