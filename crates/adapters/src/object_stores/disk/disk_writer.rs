//! Writing an object.

use std::{mem, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use mainstay_domain::{BucketName, ObjectKey};
use mainstay_services::ports::{ObjectError, ObjectWriter};
use tokio::task::{JoinHandle, spawn_blocking};

use super::{
    blocking::{blocking, failed, joined},
    folders::Folders,
    temp_file::TempFile,
};

/// Octets written at once. Two such blocks are in memory: one fills while the other is written.
const BLOCK: usize = 256 << 10;

/// A file with what was written to it, and the memory that is free again.
type Written = (TempFile, Vec<u8>);

/// An object that is being written. A small one makes a single visit to the other thread, at the
/// end.
pub(super) struct DiskWriter {
    folders: Arc<Folders>,
    bucket: BucketName,
    key: ObjectKey,
    block: Vec<u8>,
    file: Option<TempFile>,
    writing: Option<JoinHandle<Result<Written, ObjectError>>>,
    /// Whether no call failed or was broken off, after which octets would be missing.
    sound: bool,
}

impl DiskWriter {
    pub(super) fn new(folders: Arc<Folders>, bucket: &BucketName, key: &ObjectKey) -> Self {
        Self {
            folders,
            bucket: bucket.clone(),
            key: key.clone(),
            block: Vec::new(),
            file: None,
            writing: None,
            sound: true,
        }
    }

    fn check(&self) -> Result<(), ObjectError> {
        if self.sound {
            return Ok(());
        }
        Err(ObjectError::Unavailable("writing broke off before".to_owned()))
    }

    async fn take(&mut self, mut octets: Bytes) -> Result<(), ObjectError> {
        while !octets.is_empty() {
            let some = octets.split_to(octets.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(&some);
            if self.block.len() == BLOCK {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Has the full block written, once the one before is.
    async fn flush(&mut self) -> Result<(), ObjectError> {
        let free = self.settle().await?;
        let full = mem::replace(&mut self.block, free);
        let (folders, file) = (Arc::clone(&self.folders), self.file.take());
        self.writing = Some(spawn_blocking(move || append(&folders, file, full)));
        Ok(())
    }

    /// Waits for the block that is being written; its memory is free then.
    async fn settle(&mut self) -> Result<Vec<u8>, ObjectError> {
        let Some(writing) = &mut self.writing else {
            return Ok(Vec::new());
        };
        let written = joined(writing).await;
        self.writing = None;
        let (file, free) = written?;
        self.file = Some(file);
        Ok(free)
    }
}

fn append(folders: &Folders, file: Option<TempFile>, mut octets: Vec<u8>) -> Result<Written, ObjectError> {
    let mut file = match file {
        Some(file) => file,
        None => {
            folders.prepare();
            folders.temp_file()?
        }
    };
    file.append(&octets).map_err(failed)?;
    octets.clear();
    Ok((file, octets))
}

#[async_trait]
impl ObjectWriter for DiskWriter {
    async fn write(&mut self, octets: Bytes) -> Result<(), ObjectError> {
        self.check()?;
        self.sound = false;
        self.take(octets).await?;
        self.sound = true;
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), ObjectError> {
        self.check()?;
        self.settle().await?;
        let Self {
            folders,
            bucket,
            key,
            block,
            file,
            ..
        } = *self;
        blocking(move || {
            let (file, _) = append(&folders, file, block)?;
            folders.keep(file, &bucket, &key)
        })
        .await
    }
}
