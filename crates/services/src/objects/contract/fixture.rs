//! What the cases share.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    ops::Range,
    sync::Arc,
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use mainstay_domain::{BucketName, ObjectKey};

use crate::ports::{ObjectError, ObjectStore, ObjectStream};

/// A key.
pub(super) fn key(text: &str) -> ObjectKey {
    ObjectKey::parse(text).expect("a valid key")
}

/// A name no other run has.
pub(super) fn bucket_name() -> BucketName {
    let random = RandomState::new().build_hasher().finish();
    BucketName::parse(&format!("contract-{random:016x}")).expect("a valid name")
}

/// A bucket of a case's own.
pub(super) struct Fixture {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) bucket: BucketName,
}

impl Fixture {
    pub(super) async fn new(store: Arc<dyn ObjectStore>) -> Self {
        let bucket = bucket_name();
        store.create_bucket(&bucket).await.expect("a bucket can be made");
        Self { store, bucket }
    }

    /// Writes an object in one piece.
    pub(super) async fn write(&self, name: &str, octets: impl Into<Bytes>) -> Result<(), ObjectError> {
        let mut writer = self.store.write(&self.bucket, &key(name)).await?;
        writer.write(octets.into()).await?;
        writer.finish().await
    }

    /// Reads an object, or a part of it.
    pub(super) async fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Bytes, ObjectError> {
        let read = self.store.read(&self.bucket, &key(name), range).await?;
        collect(read.body).await
    }

    pub(super) async fn delete(&self, name: &str) {
        let gone = self.store.delete(&self.bucket, &key(name)).await;
        gone.expect("an object can be removed");
    }

    /// Removes everything, so that nothing is left in a store that outlives the run.
    pub(super) async fn clean_up(self) {
        loop {
            let objects = self.store.list(&self.bucket, None, 100).await;
            let objects = objects.expect("a bucket can be listed");
            if objects.is_empty() {
                break;
            }
            for object in objects {
                self.delete(object.key.as_str()).await;
            }
        }
        let gone = self.store.delete_bucket(&self.bucket).await;
        gone.expect("an empty bucket can be removed");
    }
}

/// Everything that a stream gives.
pub(super) async fn collect(body: ObjectStream) -> Result<Bytes, ObjectError> {
    let pieces: Vec<Bytes> = body.try_collect().await?;
    Ok(pieces.concat().into())
}

/// The first piece of a stream, and the rest.
pub(super) async fn first(mut body: ObjectStream) -> (Bytes, ObjectStream) {
    let first = body.next().await.expect("a first piece").expect("octets");
    (first, body)
}

/// Octets that tell where they stand.
pub(super) fn pattern(length: usize, seed: u8) -> Vec<u8> {
    (0..length)
        .map(|at| (at % 251) as u8 ^ (at >> 12) as u8 ^ seed)
        .collect()
}
