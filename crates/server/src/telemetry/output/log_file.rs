//! The file that this process writes to.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    sync::mpsc::SyncSender,
    time::{Duration, SystemTime},
};

use super::{
    FileNames,
    file_names::is_at,
    standard::write_all,
    tidier::Tidier,
    writer::{Broken, Sink},
};

/// A file is completed after a day even if it is small, or its oldest lines would be kept too long.
const LONGEST_DAY: Duration = Duration::from_secs(86_400);

/// How far back the end of a broken line is looked for.
const LONGEST_LINE: u64 = 1024 * 1024;

/// What is kept, and how.
#[derive(Debug, Clone, Copy)]
pub(in crate::telemetry) struct Limits {
    /// Octets of a file.
    pub(in crate::telemetry) file: u64,
    /// How long complete files are kept; zero for ever.
    pub(in crate::telemetry) age: Duration,
    /// Octets of all files together; zero for any.
    pub(in crate::telemetry) total: u64,
}

/// A file that is completed and followed by another when it is large enough.
pub(in crate::telemetry) struct LogFile {
    names: FileNames,
    number: u32,
    file: File,
    /// Where the last whole line ends.
    len: u64,
    /// Whether there may be half a line behind `len`.
    torn: bool,
    begun: SystemTime,
    limits: Limits,
    /// Told that there is something to do.
    tidier: SyncSender<()>,
}

impl LogFile {
    /// Opens a file that no other process writes to, and has the folder looked after.
    ///
    /// # Errors
    /// If it cannot be opened, or locked.
    pub(in crate::telemetry) fn open(names: FileNames, limits: Limits) -> io::Result<Self> {
        let (number, file) = names.acquire()?;
        let tidier = Tidier::new(names.clone(), limits).start()?;
        Self::over(names, (number, file), limits, tidier)
    }

    pub(super) fn over(
        names: FileNames,
        (number, file): (u32, File),
        limits: Limits,
        tidier: SyncSender<()>,
    ) -> io::Result<Self> {
        let len = mend(&file)?;
        let begun = file.metadata()?.created();
        Ok(Self {
            names,
            number,
            file,
            len,
            torn: false,
            begun: begun.unwrap_or_else(|_| SystemTime::now()),
            limits,
            tidier,
        })
    }

    /// Looks at what others may have done to the file.
    fn look(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.set_len(self.len)?;
            self.torn = false;
        }
        let known = self.file.metadata()?;
        self.len = known.len();
        if is_removed(&known) {
            return self.follow();
        }
        if !is_at(&self.file, &self.names.current(self.number)) {
            // It was moved; while nothing can follow it, it still takes lines.
            let _ = self.follow();
        }
        Ok(())
    }

    fn is_complete(&self, next: usize) -> bool {
        let old = self.begun.elapsed().is_ok_and(|age| age > LONGEST_DAY);
        self.len > 0 && (old || self.len + next as u64 > self.limits.file)
    }

    /// Completes this file and goes on with another. If that fails, it stays the one to write to; nobody
    /// else touches it, for its lock is held.
    fn rotate(&mut self) -> io::Result<()> {
        let path = self.names.current(self.number);
        if is_at(&self.file, &path) {
            fs::rename(&path, self.names.segment(self.number, SystemTime::now()))?;
        }
        self.follow()
    }

    fn follow(&mut self) -> io::Result<()> {
        let next = self.names.acquire()?;
        *self = Self::over(self.names.clone(), next, self.limits, self.tidier.clone())?;
        // If it was told already it need not be told twice.
        let _ = self.tidier.try_send(());
        Ok(())
    }

    /// How much of `lines` fits: whole lines, and one at least.
    fn fitting(&self, lines: &[u8]) -> usize {
        let room = usize::try_from(self.limits.file.saturating_sub(self.len)).unwrap_or(usize::MAX);
        if lines.len() <= room {
            return lines.len();
        }
        match whole_lines(&lines[..room]) {
            0 => first_line(lines),
            whole => whole,
        }
    }

    fn append(&mut self, lines: &[u8]) -> Result<(), Broken> {
        match write_all(&mut self.file, lines) {
            Ok(()) => {
                self.len += lines.len() as u64;
                Ok(())
            }
            Err(broken) => {
                let done = whole_lines(&lines[..broken.done]);
                self.len += done as u64;
                self.torn = self.file.set_len(self.len).is_err();
                Err(Broken { done, ..broken })
            }
        }
    }
}

impl Sink for LogFile {
    fn write(&mut self, lines: &[u8]) -> Result<(), Broken> {
        let mut done = 0;
        while done < lines.len() {
            let rest = &lines[done..];
            self.look().map_err(|error| Broken { done, error })?;
            let mut fitting = self.fitting(rest);
            if self.is_complete(first_line(rest)) {
                fitting = match self.rotate() {
                    Ok(()) => self.fitting(rest),
                    // Too large a file is better than no lines.
                    Err(_) => rest.len(),
                };
            }
            self.append(&rest[..fitting]).map_err(|broken| Broken {
                done: done + broken.done,
                ..broken
            })?;
            done += fitting;
        }
        Ok(())
    }
}

/// A process that was killed, or whose disk was full, may have left half a line. The length without it.
pub(super) fn mend(mut file: &File) -> io::Result<u64> {
    let len = file.metadata()?.len();
    let from = len.saturating_sub(LONGEST_LINE);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(LONGEST_LINE).read_to_end(&mut tail)?;
    let whole = whole_lines(&tail);
    if whole == tail.len() {
        return Ok(len);
    }
    let len = from + whole as u64;
    file.set_len(len)?;
    Ok(len)
}

/// Octets up to the end of the last whole line.
fn whole_lines(lines: &[u8]) -> usize {
    let last = lines.iter().rposition(|octet| *octet == b'\n');
    last.map_or(0, |last| last + 1)
}

/// Octets of the first line.
fn first_line(lines: &[u8]) -> usize {
    let end = lines.iter().position(|octet| *octet == b'\n');
    end.map_or(lines.len(), |end| end + 1)
}

#[cfg(unix)]
fn is_removed(known: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    known.nlink() == 0
}

#[cfg(not(unix))]
fn is_removed(_: &fs::Metadata) -> bool {
    false
}
