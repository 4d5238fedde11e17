//! Where octets are kept.

use std::{ops::Range, pin::Pin, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::Stream;
use mainstay_domain::{BucketName, ObjectKey, Timestamp};

/// Why the object store did not do what it was asked for. The texts are for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// There is no such object, or no such bucket.
    #[error("no such object")]
    NotFound,
    /// The bucket has objects in it.
    #[error("the bucket is not empty")]
    NotEmpty,
    /// There is no room left; RFC 4918's 507.
    #[error("no room left: {0}")]
    Full(String),
    /// It did not answer, broke off, or refused for now; another time may do.
    #[error("object store unavailable: {0}")]
    Unavailable(String),
    /// It refuses us: credentials, permissions, a setting that is wrong.
    #[error("object store refuses: {0}")]
    Refused(String),
}

/// Octets as they come.
pub type ObjectStream = Pin<Box<dyn Stream<Item = Result<Bytes, ObjectError>> + Send>>;

/// An object that is being read.
pub struct ObjectRead {
    /// Octets of the whole object, whatever range is read.
    pub size: u64,
    /// The octets asked for; fails if the store breaks off before the last one.
    pub body: ObjectStream,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its key.
    pub key: ObjectKey,
    /// Its length, in octets.
    pub size: u64,
    /// When it was written.
    pub written_at: Timestamp,
}

/// What a client may do with a URL that the store itself answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresignedMethod {
    /// Read the object.
    Get,
    /// Write it.
    Put,
}

/// A URL of the store itself, for one thing and a limited time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presign {
    /// What it is for.
    pub method: PresignedMethod,
    /// For how long.
    pub lasts: Duration,
    /// The `Content-Type` that the store is to answer with.
    pub content_type: Option<String>,
    /// The `Content-Disposition` that the store is to answer with.
    pub content_disposition: Option<String>,
}

/// Keeps octets under a bucket and a key. Nothing but keys and octets: types, owners and metadata
/// are in the database.
///
/// Every call takes a limited time, or fails with `Unavailable`. A reader never sees half an
/// object: it appears, whole and durable, when its writer finishes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// What it is, for `/health/ready` and logs: `disk`, `memory`, `s3`, …
    fn name(&self) -> &'static str;

    /// Makes a bucket; one that is there already is left as it is.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn create_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError>;

    /// Removes an empty bucket; one that is not there is no error.
    ///
    /// # Errors
    /// `NotEmpty`, and what else [`ObjectError`] has.
    async fn delete_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError>;

    /// Begins to write an object. One of that key is replaced when the writer finishes.
    ///
    /// # Errors
    /// [`ObjectError`]. A bucket that is not there is `NotFound` here or at the end, except where
    /// buckets are prefixes, which need not be made.
    async fn write(&self, bucket: &BucketName, key: &ObjectKey)
    -> Result<Box<dyn ObjectWriter>, ObjectError>;

    /// Reads an object, or the octets of it in `range`, which ends before its `end`.
    ///
    /// # Errors
    /// `NotFound`, `Refused` if the range does not lie inside the object, and what else
    /// [`ObjectError`] has.
    async fn read(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        range: Option<Range<u64>>,
    ) -> Result<ObjectRead, ObjectError>;

    /// What is known of an object, if it is there.
    ///
    /// # Errors
    /// [`ObjectError`], never `NotFound`.
    async fn head(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError>;

    /// Copies an object inside the store, over one that may be there.
    ///
    /// # Errors
    /// `NotFound`, and what else [`ObjectError`] has.
    async fn copy<'a>(
        &self,
        from: (&'a BucketName, &'a ObjectKey),
        to: (&'a BucketName, &'a ObjectKey),
    ) -> Result<(), ObjectError>;

    /// Removes an object; one that is not there is no error.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn delete(&self, bucket: &BucketName, key: &ObjectKey) -> Result<(), ObjectError>;

    /// Up to `limit` objects of a bucket whose keys lie behind `after`, in an order that stays the
    /// same from call to call. None at the end.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn list<'a>(
        &self,
        bucket: &BucketName,
        after: Option<&'a ObjectKey>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError>;

    /// A URL at which the store answers by itself; none if it cannot.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn presign(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        presign: &Presign,
    ) -> Result<Option<String>, ObjectError>;

    /// Removes what writers left behind that died since before `before`; tells how many.
    /// Housekeeping calls it now and then.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn tidy(&self, before: Timestamp) -> Result<u64, ObjectError>;

    /// Whether it could be used now.
    ///
    /// # Errors
    /// A text for the log.
    async fn check(&self) -> Result<(), String>;
}

/// An object that is being written. Dropping it leaves nothing behind that anybody could read;
/// what it wrote so far is removed at once or by the store's own housekeeping.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ObjectWriter: Send {
    /// Takes the next octets. Waits while the store is slower than the caller, so that memory
    /// stays bounded.
    ///
    /// # Errors
    /// [`ObjectError`]; the writer is of no use any more then.
    async fn write(&mut self, octets: Bytes) -> Result<(), ObjectError>;

    /// Makes the object durable, then visible.
    ///
    /// # Errors
    /// [`ObjectError`]; there is no new object then.
    async fn finish(self: Box<Self>) -> Result<(), ObjectError>;
}
