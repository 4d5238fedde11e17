//! Files that are not objects yet.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::system_entropy::random_octets;

/// Tells this process from others that had its number.
static PROCESS: LazyLock<u64> = LazyLock::new(|| u64::from_ne_bytes(random_octets()));
static COUNT: AtomicU64 = AtomicU64::new(0);

/// A file that is gone once nobody holds it, unless it was kept.
pub(super) struct TempFile {
    file: File,
    path: PathBuf,
    kept: bool,
}

impl TempFile {
    /// An empty file in this folder.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let (process, random) = (process::id(), *PROCESS);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{process}-{random:016x}-{count}"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok(Self {
            file,
            path,
            kept: false,
        })
    }

    /// Appends octets.
    pub(super) fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }

    /// Appends what a file holds; tells how many octets. The kernel copies them, or lets both
    /// files share them where the file system can.
    pub(super) fn append_file(&mut self, from: &mut File) -> io::Result<u64> {
        io::copy(from, &mut self.file)
    }

    /// Waits until the octets would outlive a power failure.
    pub(super) fn make_durable(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Gives it its name, in place of what has it now. It no longer is temporary then.
    pub(super) fn rename(&mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.kept = true;
        Ok(())
    }

    /// Whether it still is where it was made.
    pub(super) fn is_there(&self) -> bool {
        self.path.exists()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if !self.kept {
            // If that fails, housekeeping finds it.
            let _ = fs::remove_file(&self.path);
        }
    }
}
