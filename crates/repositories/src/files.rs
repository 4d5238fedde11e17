//! Files.

use async_trait::async_trait;
use mainstay_domain::{
    BlobId, BucketId, File, FileEntry, FileId, FileQuery, FileStatus, ObjectKey, Page, PageRequest, Usage,
    UserId,
};

use crate::Result;

/// Files: names for octets.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FileRepository: Send + Sync {
    /// Adds a file.
    ///
    /// # Errors
    /// `Conflict` with `FILES_KEY` if its key is taken, with `REFERENCE` if the bucket is gone.
    async fn insert(&self, file: &File) -> Result<()>;

    /// The file of this key.
    async fn find(&self, bucket: BucketId, key: &ObjectKey) -> Result<Option<File>>;

    /// The file with this id.
    async fn find_by_id(&self, id: FileId) -> Result<Option<File>>;

    /// Writes everything but its id, owner and `created_at`, and counts the version up, if it still
    /// is `file.version`.
    ///
    /// # Errors
    /// `Conflict` with `FILES_KEY` if its new key is taken.
    async fn update(&self, file: &File) -> Result<bool>;

    /// Writes what a scan of `blob` found, if the file still stands for it and was not judged before.
    /// The version stays.
    async fn judge(&self, id: FileId, blob: BlobId, verdict: FileStatus) -> Result<bool>;

    /// Removes a file, if its version still is `file.version`.
    async fn delete(&self, file: &File) -> Result<bool>;

    /// Files of a bucket by key. What a page costs depends on its length, not on how many files
    /// there are; each folder costs one more statement, whatever it holds.
    async fn list(&self, bucket: BucketId, query: &FileQuery) -> Result<Page<FileEntry>>;

    /// Files of a user in every bucket, by id.
    async fn list_owned(&self, owner: UserId, page: &PageRequest) -> Result<Page<File>>;

    /// Up to `limit` files of every bucket whose ids lie behind `after`, by id.
    async fn walk(&self, after: Option<FileId>, limit: u32) -> Result<Vec<File>>;

    /// How much a user keeps, in one bucket or in all.
    async fn usage(&self, owner: UserId, bucket: Option<BucketId>) -> Result<Usage>;
}
