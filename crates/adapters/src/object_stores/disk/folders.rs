//! The folders that objects lie in.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use mainstay_domain::{BucketName, ObjectKey};
use mainstay_services::ports::ObjectError;

use super::{
    blocking::failed,
    file_name::{self, Place},
    temp_file::TempFile,
};

/// A folder may be removed, with its bucket or when it is empty, between its making and its use.
const TRIES: usize = 5;

/// The folders of a store. Everything here waits for the disk.
pub(super) struct Folders {
    root: PathBuf,
    /// Held from the making of a folder until it would outlive a power failure.
    making: Mutex<()>,
    prepared: AtomicBool,
}

impl Folders {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            making: Mutex::new(()),
            prepared: AtomicBool::new(false),
        }
    }

    /// Makes the root and the folder of temporary files, for nobody else to read, when the store
    /// is first used. If they vanish later, they are missed, and not made again.
    pub(super) fn prepare(&self) {
        if self.prepared.load(Ordering::Acquire) {
            return;
        }
        let made = builder()
            .recursive(true)
            .create(self.temporary())
            .and_then(|()| sync(&self.root));
        match made {
            Ok(()) => self.prepared.store(true, Ordering::Release),
            Err(error) => tracing::warn!(%error, "the folder for files cannot be made"),
        }
    }

    /// Where files are before they are objects.
    pub(super) fn temporary(&self) -> PathBuf {
        self.root.join(".tmp")
    }

    /// The folder of a bucket. Its name is encoded for those that Windows would not allow.
    pub(super) fn bucket(&self, bucket: &BucketName) -> PathBuf {
        self.root.join(file_name::encode(bucket.as_str()))
    }

    /// The file of an object.
    pub(super) fn object(&self, bucket: &BucketName, key: &ObjectKey) -> PathBuf {
        self.bucket(bucket).join(Place::of(key).path())
    }

    /// What a failure means. Where even the folder of temporary files is gone, nothing can be said
    /// of objects: perhaps the disk is not mounted.
    pub(super) fn failed(&self, error: io::Error) -> ObjectError {
        if error.kind() == ErrorKind::NotFound && !self.temporary().is_dir() {
            return ObjectError::Unavailable("the folder of the store is not there".to_owned());
        }
        failed(error)
    }

    /// A new temporary file.
    pub(super) fn temp_file(&self) -> Result<TempFile, ObjectError> {
        TempFile::create(&self.temporary()).map_err(|error| self.failed(error))
    }

    pub(super) fn create_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        if !self.temporary().is_dir() {
            return Err(self.failed(ErrorKind::NotFound.into()));
        }
        self.make(&self.bucket(bucket)).map_err(failed)
    }

    /// Removes the folders of a bucket, if nothing lies in them. Each removal fails by itself if
    /// somebody just put an object there.
    pub(super) fn delete_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        match remove_folders(&self.bucket(bucket), 2) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Err(ObjectError::NotEmpty),
            Err(error) if error.kind() == ErrorKind::NotFound && self.temporary().is_dir() => Ok(()),
            Err(error) => Err(self.failed(error)),
            Ok(()) => sync(&self.root).map_err(failed),
        }
    }

    /// Makes a file durable, and then the object of that key.
    pub(super) fn keep(
        &self,
        mut file: TempFile,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<(), ObjectError> {
        file.make_durable().map_err(failed)?;
        let target = self.object(bucket, key);
        for _ in 0..TRIES {
            match file.rename(&target) {
                Ok(()) => return self.make_name_durable(&target),
                Err(error) if error.kind() == ErrorKind::NotFound && file.is_there() => {
                    self.make_way(bucket, key)?;
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
        Err(ObjectError::Unavailable(
            "its folder vanishes again and again".to_owned(),
        ))
    }

    fn make_name_durable(&self, target: &Path) -> Result<(), ObjectError> {
        // Somebody else may have made the folder and not be done with that.
        drop(self.making.lock().unwrap_or_else(PoisonError::into_inner));
        sync(target.parent().unwrap_or(&self.root)).map_err(failed)
    }

    /// Makes the folders between a bucket's and an object.
    fn make_way(&self, bucket: &BucketName, key: &ObjectKey) -> Result<(), ObjectError> {
        let mut folder = self.bucket(bucket);
        for name in Place::of(key).folders() {
            folder.push(name);
            self.make(&folder).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// Makes a folder, durably, unless it is there.
    fn make(&self, folder: &Path) -> io::Result<()> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match builder().create(folder) {
            Ok(()) => sync(folder.parent().unwrap_or(&self.root)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes an object, and the folders that only its long name needed.
    pub(super) fn delete(&self, bucket: &BucketName, key: &ObjectKey) -> Result<(), ObjectError> {
        let path = self.object(bucket, key);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound && self.temporary().is_dir() => {}
            Err(error) => return Err(self.failed(error)),
        }
        let is_part = |folder: &&Path| {
            let name = folder.file_name().and_then(|name| name.to_str());
            name.is_some_and(file_name::is_part)
        };
        for folder in path.ancestors().skip(1).take_while(is_part) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Removes temporary files that nobody wrote to since `before`; tells how many.
    pub(super) fn tidy(&self, before: SystemTime) -> Result<u64, ObjectError> {
        let entries = fs::read_dir(self.temporary()).map_err(|error| self.failed(error))?;
        let stale = entries.filter_map(Result::ok).filter(|entry| {
            let written = entry.metadata().and_then(|metadata| metadata.modified());
            written.is_ok_and(|written| written < before)
        });
        Ok(stale
            .filter(|entry| fs::remove_file(entry.path()).is_ok())
            .count() as u64)
    }
}

/// Folders that nobody else may look into.
fn builder() -> DirBuilder {
    #[allow(unused_mut, reason = "there are no modes elsewhere")]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Waits until the names in a folder would outlive a power failure. Elsewhere than on Unix folders
/// cannot be opened; the system orders such changes itself.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Removes a folder and the empty ones in it, `depth` levels down.
fn remove_folders(folder: &Path, depth: u8) -> io::Result<()> {
    if depth > 0 {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if !path.is_dir() {
                return Err(ErrorKind::DirectoryNotEmpty.into());
            }
            match remove_folders(&path, depth - 1) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => other?,
            }
        }
    }
    fs::remove_dir(folder)
}
