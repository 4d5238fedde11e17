//! How files are called: `app.log`, `app.2.log`, `app.20261121T201000.123456Z-1.log.gz`.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::telemetry::line::stamp;

/// More processes than this do not share a folder.
const MOST_WRITERS: u32 = 1_000;

/// What a file of the folder is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Complete, and compressed if `packed`. Older ones have smaller stamps.
    Segment {
        /// When it was completed.
        stamp: String,
        /// Whether it is compressed.
        packed: bool,
    },
    /// Written by the process that holds its lock, if any does.
    Current(u32),
    /// A compressed one that is not whole.
    Part,
}

/// Names of the files that belong to one `log.file`.
#[derive(Debug, Clone)]
pub(in crate::telemetry) struct FileNames {
    folder: PathBuf,
    stem: String,
    /// With its dot, or empty.
    ending: String,
}

impl FileNames {
    /// The names around `path`.
    ///
    /// # Errors
    /// If it names no file.
    pub(in crate::telemetry) fn new(path: &Path) -> io::Result<Self> {
        let text = |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).map(str::to_owned);
        let stem = text(path.file_stem()).ok_or(io::ErrorKind::InvalidFilename)?;
        let ending = text(path.extension()).map_or_else(String::new, |ending| format!(".{ending}"));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok(Self {
            folder: folder.map_or_else(|| PathBuf::from("."), Path::to_owned),
            stem,
            ending,
        })
    }

    /// What the `number`th process on this folder writes to.
    pub(super) fn current(&self, number: u32) -> PathBuf {
        let number = if number == 1 {
            String::new()
        } else {
            format!(".{number}")
        };
        self.folder.join(format!("{}{number}{}", self.stem, self.ending))
    }

    /// Who holds its lock looks after the folder.
    pub(super) fn caretaker(&self) -> PathBuf {
        self.folder.join(format!(".{}{}.lock", self.stem, self.ending))
    }

    /// A name for the complete file that `number` wrote, which no other file has: only who holds the lock
    /// of `number` makes such names.
    pub(super) fn segment(&self, number: u32, now: SystemTime) -> PathBuf {
        let mut time = now;
        loop {
            let name = format!("{}.{}-{number}{}", self.stem, stamp(time), self.ending);
            let path = self.folder.join(name);
            if !path.exists() && !packed(&path).exists() {
                return path;
            }
            time += Duration::from_micros(1);
        }
    }

    /// What `name` is, if it is one of these files.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        if let Some(whole) = name.strip_suffix(".part") {
            let of_ours = matches!(self.kind(whole), Some(Kind::Segment { packed: true, .. }));
            return of_ours.then_some(Kind::Part);
        }
        let rest = name.strip_prefix(&self.stem)?;
        let (rest, packed) = match rest.strip_suffix(".gz") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let middle = rest.strip_suffix(&self.ending)?;
        if middle.is_empty() && !packed {
            return Some(Kind::Current(1));
        }
        let middle = middle.strip_prefix('.')?;
        if let (Ok(number @ 2..=MOST_WRITERS), false) = (middle.parse(), packed) {
            return Some(Kind::Current(number));
        }
        let (stamp, number) = middle.split_once('-')?;
        let digits = stamp.bytes().filter(u8::is_ascii_digit).count();
        let is_stamp = stamp.len() == 23 && digits == 20 && number.parse::<u32>().is_ok();
        is_stamp.then(|| Kind::Segment {
            stamp: stamp.to_owned(),
            packed,
        })
    }

    /// Every file of the folder that is one of these.
    pub(super) fn list(&self) -> io::Result<Vec<(Kind, PathBuf)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if let Some(kind) = entry.file_name().to_str().and_then(|name| self.kind(name)) {
                found.push((kind, entry.path()));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Opens the first file that no other process writes to, and keeps others away from it until it is
    /// closed. The system opens the lock of a process that dies.
    pub(super) fn acquire(&self) -> io::Result<(u32, File)> {
        fs::create_dir_all(&self.folder)?;
        for number in 1..=MOST_WRITERS {
            let path = self.current(number);
            loop {
                let file = open(&path)?;
                match file.try_lock() {
                    Ok(()) if is_at(&file, &path) => return Ok((number, file)),
                    // It was moved away between the two steps.
                    Ok(()) => {}
                    Err(TryLockError::WouldBlock) => break,
                    Err(TryLockError::Error(error)) => return Err(error),
                }
            }
        }
        Err(io::Error::other("too many processes write to this folder"))
    }
}

/// The name of the compressed one.
pub(super) fn packed(path: &Path) -> PathBuf {
    with_suffix(path, ".gz")
}

/// The name of the compressed one while it is being written.
pub(super) fn part(path: &Path) -> PathBuf {
    with_suffix(path, ".gz.part")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn open(path: &Path) -> io::Result<File> {
    private().read(true).append(true).create(true).open(path)
}

/// Lines tell of persons: nobody but owner and group reads them.
pub(super) fn private() -> OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let mut options = OpenOptions::new();
        options.mode(0o640);
        options
    }
    #[cfg(not(unix))]
    OpenOptions::new()
}

/// Whether the open file still is the one at `path`.
#[cfg(unix)]
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
}

/// Elsewhere a file that is open cannot be moved.
#[cfg(not(unix))]
pub(super) fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
