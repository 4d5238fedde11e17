//! Object stores without the rest: for products that only want to keep octets.

use std::{fmt, ops::Range, pin::pin, sync::Arc};

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use mainstay_domain::{BucketName, InvalidValue, ObjectKey, Sha256};

use crate::ports::{ObjectError, ObjectInfo, ObjectRead, ObjectStore};

/// Objects asked for at once when a bucket is listed.
const PAGE: usize = 1000;

/// Why something could not be done with an object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// It is no name of a bucket, or no key.
    #[error("{0}")]
    Invalid(#[from] InvalidValue),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] ObjectError),
    /// What was to be uploaded broke off; nothing was kept.
    #[error("the upload broke off: {0}")]
    Source(String),
}

/// Buckets of an object store, without users, rights and quotas. Whatever store it is, the calls
/// are the same.
///
/// ```
/// use std::sync::Arc;
///
/// use futures::stream;
/// use mainstay_services::objects::{MemoryObjects, Storage};
/// use mainstay_testkit::FixedClock;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let objects = MemoryObjects::new(Arc::new(FixedClock::default()));
/// let storage = Storage::new(Arc::new(objects));
///
/// let reports = storage.bucket("reports").await?;
/// let pages = stream::iter([Ok::<_, std::io::Error>("first page, ".into()), Ok("second page".into())]);
/// let kept = reports.upload("2026/q3.pdf", pages).await?;
/// assert_eq!(kept.size, 23);
///
/// assert_eq!(reports.read("2026/q3.pdf").await?, "first page, second page");
/// assert_eq!(reports.list("2026/").await?.len(), 1);
/// reports.delete("2026/q3.pdf").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Storage {
    objects: Arc<dyn ObjectStore>,
}

impl Storage {
    /// Over this store.
    #[must_use]
    pub fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects }
    }

    /// A bucket, which is made if it is not there.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn bucket(&self, name: &str) -> Result<BucketHandle, StorageError> {
        let name = BucketName::parse(name)?;
        self.objects.create_bucket(&name).await?;
        Ok(BucketHandle {
            objects: Arc::clone(&self.objects),
            name,
        })
    }

    /// Removes an empty bucket; one that is not there is no error.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn remove_bucket(&self, name: &str) -> Result<(), StorageError> {
        Ok(self.objects.delete_bucket(&BucketName::parse(name)?).await?)
    }
}

/// What was uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uploaded {
    /// Its length, in octets.
    pub size: u64,
    /// Its checksum.
    pub sha256: Sha256,
}

/// A bucket to work with.
#[derive(Clone)]
pub struct BucketHandle {
    objects: Arc<dyn ObjectStore>,
    name: BucketName,
}

impl BucketHandle {
    /// Uploads a stream, in the place of what has this key. Memory stays bounded however long it
    /// is, and if it breaks off nothing changes.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn upload<E: fmt::Display>(
        &self,
        key: &str,
        octets: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Uploaded, StorageError> {
        let key = ObjectKey::parse(key)?;
        let mut writer = self.objects.write(&self.name, &key).await?;
        let mut octets = pin!(octets);
        let (mut size, mut hash) = (0, Context::new(&SHA256));
        while let Some(piece) = octets.next().await {
            let piece = piece.map_err(|error| StorageError::Source(error.to_string()))?;
            size += piece.len() as u64;
            hash.update(&piece);
            writer.write(piece).await?;
        }
        writer.finish().await?;
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(hash.finish().as_ref());
        Ok(Uploaded {
            size,
            sha256: Sha256(sha256),
        })
    }

    /// Uploads what is in memory already.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn put(&self, key: &str, octets: impl Into<Bytes>) -> Result<Uploaded, StorageError> {
        let whole: Result<Bytes, StorageError> = Ok(octets.into());
        self.upload(key, stream::iter([whole])).await
    }

    /// Opens an object for reading as a stream.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn download(&self, key: &str) -> Result<ObjectRead, StorageError> {
        let key = ObjectKey::parse(key)?;
        Ok(self.objects.read(&self.name, &key, None).await?)
    }

    /// Opens a part of an object, which ends before the range's `end`.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn download_range(&self, key: &str, range: Range<u64>) -> Result<ObjectRead, StorageError> {
        let key = ObjectKey::parse(key)?;
        Ok(self.objects.read(&self.name, &key, Some(range)).await?)
    }

    /// Reads an object into memory.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn read(&self, key: &str) -> Result<Bytes, StorageError> {
        let pieces: Vec<Bytes> = self.download(key).await?.body.try_collect().await?;
        Ok(pieces.concat().into())
    }

    /// What is known of an object, if it is there.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn info(&self, key: &str) -> Result<Option<ObjectInfo>, StorageError> {
        Ok(self.objects.head(&self.name, &ObjectKey::parse(key)?).await?)
    }

    /// Copies an object to another key.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), StorageError> {
        let (from, to) = (ObjectKey::parse(from)?, ObjectKey::parse(to)?);
        Ok(self.objects.copy((&self.name, &from), (&self.name, &to)).await?)
    }

    /// Removes an object; one that is not there is no error.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        Ok(self.objects.delete(&self.name, &ObjectKey::parse(key)?).await?)
    }

    /// The objects whose keys begin so, by key. It looks at the whole bucket.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn list(&self, prefix: &str) -> Result<Vec<ObjectInfo>, StorageError> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = self.objects.list(&self.name, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            let wanted = |object: &ObjectInfo| object.key.as_str().starts_with(prefix);
            found.extend(page.into_iter().filter(wanted));
        }
        found.sort_by(|left, right| left.key.cmp(&right.key));
        Ok(found)
    }
}
