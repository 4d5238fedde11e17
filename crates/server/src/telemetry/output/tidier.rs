//! Looking after the folder: complete files are compressed, and removed when they are old.

use std::{
    fs::{self, File, TryLockError},
    io, mem,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, SystemTime},
};

use super::{
    FileNames, Limits,
    file_names::{Kind, is_at, private},
    log_file::mend,
    pack::pack,
};
use crate::telemetry::line::stamp;

/// How often the folder is looked at without a reason.
const SELDOM: Duration = Duration::from_secs(3600);

/// How soon it is looked at again after another process was at it, or something failed.
const SOON: Duration = Duration::from_secs(2);

/// A file whose process died is left alone for so long: its successor may want to go on with it.
const GRACE: Duration = Duration::from_secs(60);

/// Requests go before compression.
#[cfg(target_os = "linux")]
const NICER: i32 = 19;

/// Of all processes on a folder, one at a time does this work.
pub(super) struct Tidier {
    names: FileNames,
    limits: Limits,
    pub(super) grace: Duration,
}

impl Tidier {
    pub(super) fn new(names: FileNames, limits: Limits) -> Self {
        Self {
            names,
            limits,
            grace: GRACE,
        }
    }

    /// Lets a thread of low priority do the work until the sender is gone.
    pub(super) fn start(self) -> io::Result<SyncSender<()>> {
        let (call, called) = sync_channel(1);
        let work = move || self.work(&called);
        thread::Builder::new().name("log-tidier".to_owned()).spawn(work)?;
        Ok(call)
    }

    fn work(&self, called: &Receiver<()>) {
        step_back();
        let mut told = false;
        loop {
            let pause = match self.tidy(SystemTime::now()) {
                Ok(done) => {
                    told = false;
                    if done { SELDOM } else { SOON }
                }
                Err(error) => {
                    if !mem::replace(&mut told, true) {
                        tracing::warn!(%error, "a part of the log folder cannot be tidied");
                    }
                    SOON
                }
            };
            if called.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    /// Does all there is to do; false if another process is at it.
    pub(super) fn tidy(&self, now: SystemTime) -> io::Result<bool> {
        let caretaker = private()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.names.caretaker())?;
        match caretaker.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // One file that cannot be had must not keep the others from being looked after.
        let adopted = self.adopt(now);
        let retired = self.retire(now);
        let packed = self.pack_all();
        adopted
            .and(retired)
            .and(packed)
            .and(self.retire(now))
            .map(|()| true)
    }

    /// Completes the files of processes that are gone, and removes what they did not finish.
    fn adopt(&self, now: SystemTime) -> io::Result<()> {
        let mut failed = Ok(());
        for (kind, path) in self.names.list()? {
            failed = failed.and(match kind {
                Kind::Part => fs::remove_file(&path),
                Kind::Current(number) => self.adopt_one(number, &path, now),
                Kind::Segment { .. } => Ok(()),
            });
        }
        failed
    }

    fn adopt_one(&self, number: u32, path: &Path, now: SystemTime) -> io::Result<()> {
        let Some(file) = lock(path)? else {
            return Ok(());
        };
        let known = file.metadata()?;
        let idle = now.duration_since(known.modified()?).unwrap_or_default();
        if idle < self.grace || !is_at(&file, path) {
            return Ok(());
        }
        if mend(&file)? == 0 {
            return fs::remove_file(path);
        }
        fs::rename(path, self.names.segment(number, now))
    }

    /// Goes on after a failure: other files may be smaller.
    fn pack_all(&self) -> io::Result<()> {
        let mut failed = Ok(());
        for (kind, path) in self.names.list()? {
            if !matches!(kind, Kind::Segment { packed: false, .. }) {
                continue;
            }
            // Who could not open a new file still writes to it.
            match lock(&path) {
                Ok(Some(_held)) => failed = failed.and(pack(&path)),
                Ok(None) => {}
                Err(error) => failed = Err(error),
            }
        }
        failed
    }

    /// Removes complete files that are too old, and the oldest of those that are too many.
    fn retire(&self, now: SystemTime) -> io::Result<()> {
        let oldest = (!self.limits.age.is_zero())
            .then(|| now.checked_sub(self.limits.age))
            .flatten()
            .map(stamp);
        let files = self.names.list()?;
        let size = |path: &PathBuf| fs::metadata(path).map_or(0, |known| known.len());
        let mut total: u64 = files.iter().map(|(_, path)| size(path)).sum();
        let mut failed = Ok(());
        for (kind, path) in &files {
            let Kind::Segment { stamp, .. } = kind else {
                continue;
            };
            let is_old = oldest.as_ref().is_some_and(|oldest| stamp < oldest);
            let too_many = self.limits.total > 0 && total > self.limits.total;
            if is_old || too_many {
                total = total.saturating_sub(size(path));
                failed = failed.and(fs::remove_file(path));
            }
        }
        failed
    }
}

/// Opens a file and keeps its writer away from it; nothing if there is one, or no file.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = match private().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(target_os = "linux")]
fn step_back() {
    // On Linux this is the priority of the thread alone.
    let _ = rustix::process::nice(NICER);
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}
