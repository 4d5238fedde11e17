//! The port [`ObjectStore`] on a local disk.

use std::{ops::Range, path::PathBuf, sync::Arc, time::SystemTime};

use async_trait::async_trait;
use mainstay_domain::{BucketName, ObjectKey, Timestamp};
use mainstay_services::ports::{ObjectError, ObjectInfo, ObjectRead, ObjectStore, ObjectWriter, Presign};

use super::{
    blocking::{blocking, failed},
    disk_list::info,
    disk_reader,
    disk_writer::DiskWriter,
    file_name::Place,
    folders::Folders,
};

/// Keeps objects as files below a folder.
///
/// An object appears by renaming a file that is durable already; then the rename is made durable.
/// So a crash at any moment leaves the object before, or the one after, or a temporary file that
/// [`ObjectStore::tidy`] removes. Several processes may share the folder.
#[derive(Clone)]
pub struct LocalDisk(Arc<Folders>);

impl LocalDisk {
    /// Keeps objects below `root`, which is made when it is first needed.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self(Arc::new(Folders::new(root)))
    }

    /// Does something with the folders on a thread that may wait for the disk.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folders) -> Result<T, ObjectError> + Send + 'static,
    ) -> Result<T, ObjectError> {
        let folders = Arc::clone(&self.0);
        blocking(move || {
            folders.prepare();
            work(&folders)
        })
        .await
    }
}

#[async_trait]
impl ObjectStore for LocalDisk {
    fn name(&self) -> &'static str {
        "disk"
    }

    async fn create_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        let bucket = bucket.clone();
        self.with(move |folders| folders.create_bucket(&bucket)).await
    }

    async fn delete_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        let bucket = bucket.clone();
        self.with(move |folders| folders.delete_bucket(&bucket)).await
    }

    async fn write(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<Box<dyn ObjectWriter>, ObjectError> {
        Ok(Box::new(DiskWriter::new(Arc::clone(&self.0), bucket, key)))
    }

    async fn read(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        range: Option<Range<u64>>,
    ) -> Result<ObjectRead, ObjectError> {
        disk_reader::read(Arc::clone(&self.0), self.0.object(bucket, key), range).await
    }

    async fn head(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError> {
        let (path, encoded) = (self.0.object(bucket, key), Place::of(key).encoded);
        self.with(move |folders| {
            let found = info(&encoded, &path)?;
            if found.is_none() && !folders.temporary().is_dir() {
                return Err(folders.failed(std::io::ErrorKind::NotFound.into()));
            }
            Ok(found)
        })
        .await
    }

    async fn copy<'a>(
        &self,
        from: (&'a BucketName, &'a ObjectKey),
        to: (&'a BucketName, &'a ObjectKey),
    ) -> Result<(), ObjectError> {
        let source = self.0.object(from.0, from.1);
        let (bucket, key) = (to.0.clone(), to.1.clone());
        self.with(move |folders| {
            let mut source = std::fs::File::open(source).map_err(|error| folders.failed(error))?;
            let size = source.metadata().map_err(failed)?.len();
            let mut file = folders.temp_file()?;
            if file.append_file(&mut source).map_err(failed)? != size {
                return Err(ObjectError::Unavailable("the file ends too early".to_owned()));
            }
            folders.keep(file, &bucket, &key)
        })
        .await
    }

    async fn delete(&self, bucket: &BucketName, key: &ObjectKey) -> Result<(), ObjectError> {
        let (bucket, key) = (bucket.clone(), key.clone());
        self.with(move |folders| folders.delete(&bucket, &key)).await
    }

    async fn list<'a>(
        &self,
        bucket: &BucketName,
        after: Option<&'a ObjectKey>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        let (bucket, after) = (bucket.clone(), after.cloned());
        self.with(move |folders| folders.list(&bucket, after.as_ref(), limit))
            .await
    }

    async fn presign(
        &self,
        _: &BucketName,
        _: &ObjectKey,
        _: &Presign,
    ) -> Result<Option<String>, ObjectError> {
        Ok(None)
    }

    async fn tidy(&self, before: Timestamp) -> Result<u64, ObjectError> {
        self.with(move |folders| folders.tidy(SystemTime::from(before)))
            .await
    }

    async fn check(&self) -> Result<(), String> {
        let written = self.with(|folders| folders.temp_file().map(drop)).await;
        written.map_err(|error| error.to_string())
    }
}
