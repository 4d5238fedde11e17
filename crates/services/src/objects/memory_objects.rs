//! Objects in memory.

use std::{
    collections::BTreeMap,
    ops::{Bound, Range},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::stream;
use mainstay_domain::{BucketName, ObjectKey, Timestamp};

use super::span;
use crate::ports::{Clock, ObjectError, ObjectInfo, ObjectRead, ObjectStore, ObjectWriter, Presign};

/// Octets that a reader gets at once.
const CHUNK: usize = 256 << 10;

/// Keeps objects as long as the process lives: for tests, and to try things out.
///
/// It can be told to fail, so that a test sees what becomes of that.
pub struct MemoryObjects {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    buckets: BTreeMap<BucketName, BTreeMap<ObjectKey, Stored>>,
    room: Option<usize>,
    failure: Option<ObjectError>,
}

#[derive(Clone)]
struct Stored {
    octets: Bytes,
    written_at: Timestamp,
}

impl Stored {
    fn info(&self, key: &ObjectKey) -> ObjectInfo {
        ObjectInfo {
            key: key.clone(),
            size: self.octets.len() as u64,
            written_at: self.written_at,
        }
    }
}

impl State {
    fn bucket(&mut self, name: &BucketName) -> Result<&mut BTreeMap<ObjectKey, Stored>, ObjectError> {
        self.buckets.get_mut(name).ok_or(ObjectError::NotFound)
    }

    fn find(&mut self, bucket: &BucketName, key: &ObjectKey) -> Result<Stored, ObjectError> {
        self.bucket(bucket)?
            .get(key)
            .cloned()
            .ok_or(ObjectError::NotFound)
    }

    /// Whether `more` octets would be too many.
    fn is_full(&self, more: usize) -> bool {
        let objects = self.buckets.values().flat_map(BTreeMap::values);
        let used: usize = objects.map(|stored| stored.octets.len()).sum();
        self.room.is_some_and(|room| used + more > room)
    }
}

impl MemoryObjects {
    /// Nothing is kept yet. The clock tells when objects are written.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            state: Arc::default(),
            clock,
        }
    }

    /// Has room for so many octets; from then on writers are told that it is full.
    pub fn set_room(&self, octets: Option<usize>) {
        lock(&self.state).room = octets;
    }

    /// Lets every call and every writer fail so, until it is taken back by `None`.
    pub fn set_failure(&self, failure: Option<ObjectError>) {
        lock(&self.state).failure = failure;
    }

    /// The state, if no failure is wanted.
    fn open(&self) -> Result<MutexGuard<'_, State>, ObjectError> {
        open(&self.state)
    }
}

/// A panic while the lock is held leaves the maps whole.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(state: &Mutex<State>) -> Result<MutexGuard<'_, State>, ObjectError> {
    let state = lock(state);
    match &state.failure {
        Some(failure) => Err(failure.clone()),
        None => Ok(state),
    }
}

#[async_trait]
impl ObjectStore for MemoryObjects {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn create_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        self.open()?.buckets.entry(bucket.clone()).or_default();
        Ok(())
    }

    async fn delete_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        let mut state = self.open()?;
        if state
            .buckets
            .get(bucket)
            .is_some_and(|objects| !objects.is_empty())
        {
            return Err(ObjectError::NotEmpty);
        }
        state.buckets.remove(bucket);
        Ok(())
    }

    async fn write(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<Box<dyn ObjectWriter>, ObjectError> {
        self.open()?.bucket(bucket)?;
        Ok(Box::new(MemoryWriter {
            state: Arc::clone(&self.state),
            clock: Arc::clone(&self.clock),
            bucket: bucket.clone(),
            key: key.clone(),
            octets: BytesMut::new(),
        }))
    }

    async fn read(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        range: Option<Range<u64>>,
    ) -> Result<ObjectRead, ObjectError> {
        let octets = self.open()?.find(bucket, key)?.octets;
        let size = octets.len();
        let range = span(range, size as u64)?;
        let within = |at: u64| usize::try_from(at).unwrap_or(size);
        let wanted = octets.slice(within(range.start)..within(range.end));
        let starts = (0..wanted.len()).step_by(CHUNK);
        let chunks: Vec<_> = starts
            .map(|at| Ok(wanted.slice(at..wanted.len().min(at + CHUNK))))
            .collect();
        Ok(ObjectRead {
            size: size as u64,
            body: Box::pin(stream::iter(chunks)),
        })
    }

    async fn head(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError> {
        let found = self.open()?.find(bucket, key);
        Ok(found.ok().map(|stored| stored.info(key)))
    }

    async fn copy<'a>(
        &self,
        from: (&'a BucketName, &'a ObjectKey),
        to: (&'a BucketName, &'a ObjectKey),
    ) -> Result<(), ObjectError> {
        let mut state = self.open()?;
        let octets = state.find(from.0, from.1)?.octets;
        let written_at = self.clock.now();
        let copy = Stored { octets, written_at };
        state.bucket(to.0)?.insert(to.1.clone(), copy);
        Ok(())
    }

    async fn delete(&self, bucket: &BucketName, key: &ObjectKey) -> Result<(), ObjectError> {
        if let Some(objects) = self.open()?.buckets.get_mut(bucket) {
            objects.remove(key);
        }
        Ok(())
    }

    async fn list<'a>(
        &self,
        bucket: &BucketName,
        after: Option<&'a ObjectKey>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        let mut state = self.open()?;
        let objects = state.bucket(bucket)?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = objects.range::<ObjectKey, _>((from, Bound::Unbounded));
        Ok(behind.take(limit).map(|(key, stored)| stored.info(key)).collect())
    }

    async fn presign(
        &self,
        _: &BucketName,
        _: &ObjectKey,
        _: &Presign,
    ) -> Result<Option<String>, ObjectError> {
        Ok(None)
    }

    async fn tidy(&self, _: Timestamp) -> Result<u64, ObjectError> {
        Ok(0)
    }

    async fn check(&self) -> Result<(), String> {
        self.open().map(drop).map_err(|error| error.to_string())
    }
}

struct MemoryWriter {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
    bucket: BucketName,
    key: ObjectKey,
    octets: BytesMut,
}

#[async_trait]
impl ObjectWriter for MemoryWriter {
    async fn write(&mut self, octets: Bytes) -> Result<(), ObjectError> {
        if open(&self.state)?.is_full(self.octets.len() + octets.len()) {
            return Err(ObjectError::Full("as told".to_owned()));
        }
        self.octets.extend_from_slice(&octets);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<(), ObjectError> {
        let stored = Stored {
            octets: self.octets.freeze(),
            written_at: self.clock.now(),
        };
        let mut state = open(&self.state)?;
        state.bucket(&self.bucket)?.insert(self.key, stored);
        Ok(())
    }
}
