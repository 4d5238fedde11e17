//! Reading an object.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::Range,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures::stream;
use mainstay_services::{
    objects::span,
    ports::{ObjectError, ObjectRead, ObjectStream},
};
use tokio::task::{JoinHandle, spawn_blocking};

use super::{
    blocking::{blocking, failed, joined},
    folders::Folders,
};

/// Octets read at once by few readers: few visits to the other thread, and little memory.
const BLOCK: u64 = 256 << 10;
/// The same for many readers.
const SMALL_BLOCK: u64 = 32 << 10;
/// Octets that all readers together read at once, until blocks are small.
const TOGETHER: u64 = 1 << 20;

/// Readers under way in this process.
static READERS: AtomicU64 = AtomicU64::new(0);

/// Counts one reader as long as it lives.
struct Turn;

impl Turn {
    fn new() -> Self {
        READERS.fetch_add(1, Ordering::Relaxed);
        Self
    }

    /// How much each of those who are counted may read at once.
    fn block() -> u64 {
        block_of(READERS.load(Ordering::Relaxed))
    }
}

/// The more readers, the smaller their blocks: together they need no more memory than a few.
fn block_of(readers: u64) -> u64 {
    (TOGETHER / readers.max(1)).clamp(SMALL_BLOCK, BLOCK)
}

impl Drop for Turn {
    fn drop(&mut self) {
        READERS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A file that is being read, and the block that comes next.
struct Reader {
    file: Arc<File>,
    _turn: Turn,
    /// How many octets are still to be asked for.
    left: u64,
    ahead: Option<JoinHandle<Result<Bytes, ObjectError>>>,
    /// What was read on the way, when the file was opened.
    first: Option<Bytes>,
}

/// Opens the file and reads its first block in one visit to the other thread. An object that is
/// replaced or removed meanwhile is read to its end.
pub(super) async fn read(
    folders: Arc<Folders>,
    path: PathBuf,
    range: Option<Range<u64>>,
) -> Result<ObjectRead, ObjectError> {
    let (reader, size) = blocking(move || open(&folders, path, range)).await?;
    Ok(ObjectRead {
        size,
        body: reader.stream(),
    })
}

fn open(folders: &Folders, path: PathBuf, range: Option<Range<u64>>) -> Result<(Reader, u64), ObjectError> {
    folders.prepare();
    let mut file = File::open(path).map_err(|error| folders.failed(error))?;
    let size = file.metadata().map_err(failed)?.len();
    let range = span(range, size)?;
    if range.start > 0 {
        file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
    }
    let left = range.end - range.start;
    let turn = Turn::new();
    let first = block(&file, left.min(Turn::block()), Vec::new())?;
    let reader = Reader {
        _turn: turn,
        left: left - first.len() as u64,
        file: Arc::new(file),
        ahead: None,
        first: Some(first),
    };
    Ok((reader, size))
}

/// The next octets of a file, read into this memory; a failure if there are fewer.
fn block(mut file: &File, length: u64, mut octets: Vec<u8>) -> Result<Bytes, ObjectError> {
    octets.reserve_exact(usize::try_from(length).unwrap_or_default());
    file.by_ref()
        .take(length)
        .read_to_end(&mut octets)
        .map_err(failed)?;
    if octets.len() as u64 != length {
        return Err(ObjectError::Unavailable("the file ends too early".to_owned()));
    }
    Ok(octets.into())
}

impl Reader {
    fn stream(mut self) -> ObjectStream {
        self.read_ahead();
        Box::pin(stream::try_unfold(self, |mut reader| async move {
            let next = reader.next().await?;
            Ok(next
                .filter(|octets| !octets.is_empty())
                .map(|octets| (octets, reader)))
        }))
    }

    async fn next(&mut self) -> Result<Option<Bytes>, ObjectError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let Some(ahead) = self.ahead.take() else {
            return Ok(None);
        };
        let octets = joined(ahead).await?;
        self.read_ahead();
        Ok(Some(octets))
    }

    /// Has the next block read while whoever reads is busy with this one.
    fn read_ahead(&mut self) {
        if self.left == 0 {
            return;
        }
        let (file, length) = (Arc::clone(&self.file), self.left.min(Turn::block()));
        self.left -= length;
        // Made here, where it is given back: memory that one thread makes and another gives back piles
        // up between the two, for each of the many threads that read.
        let room = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        self.ahead = Some(spawn_blocking(move || block(&file, length, room)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_readers_read_less_at_once() {
        assert_eq!(block_of(0), BLOCK);
        assert_eq!(block_of(4), BLOCK);
        assert_eq!(block_of(8), BLOCK / 2);
        assert_eq!(block_of(20), 1_048_576 / 20);
        assert_eq!(block_of(10_000), SMALL_BLOCK);
    }
}
