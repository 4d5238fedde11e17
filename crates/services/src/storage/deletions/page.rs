//! One page of a deletion of many files.

use mainstay_domain::{
    Bucket, DeletionStatus, File, FileDeletion, FileEntry, FileQuery, ObjectKey, PageRequest, Position,
    SortValue,
};
use mainstay_repositories::UnitOfWork;

use crate::storage::{FILE_DELETED_JOB, StorageError, StorageService, access::Writer, erase::remove_all};

/// A deletion, where it takes place, and in whose name.
pub(super) struct Errand {
    pub(super) deletion: FileDeletion,
    pub(super) bucket: Bucket,
    pub(super) writer: Writer,
}

/// What came of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There may be more.
    Moved,
    /// That was the last one.
    Ended,
    /// Somebody else came first: a file was changed, or the deletion was moved on or called off.
    /// Nothing happened.
    Raced,
}

/// Files that lie next to each other.
struct Batch {
    /// Those that are to go.
    doomed: Vec<File>,
    /// The last one that was looked at.
    reached: Option<ObjectKey>,
    /// Whether no file comes behind it.
    last: bool,
}

impl StorageService {
    /// Deletes the next files, at most `size` of them, and moves the deletion on, in one commit; it
    /// writes the next job down too if this was the `last` page of this one.
    pub(super) async fn delete_page(
        &self,
        errand: &mut Errand,
        (size, last): (u32, bool),
    ) -> Result<Step, StorageError> {
        let batch = self.next_batch(errand, size).await?;
        let now = self.ports.clock.now();
        let count = i64::try_from(batch.doomed.len()).unwrap_or(i64::MAX);
        let unit = self.ports.store.begin().await?;
        let moved = (count, batch.reached.as_ref());
        // The bucket's counters before what refers to the bucket, as everywhere.
        if !remove_all(&*unit, errand.bucket.id, &batch.doomed, now).await?
            || !unit
                .file_deletions()
                .advance(&errand.deletion, moved, now)
                .await?
        {
            return Ok(Step::Raced);
        }
        self.tell(&*unit, errand, &batch.doomed).await?;
        if batch.last {
            let deletions = unit.file_deletions();
            deletions
                .end(errand.deletion.id, DeletionStatus::Done, now)
                .await?;
        } else if last {
            self.order_deletion(&*unit, errand.deletion.id).await?;
        }
        unit.commit().await?;
        errand.deletion.step += 1;
        errand.deletion.reached = batch.reached;
        Ok(if batch.last { Step::Ended } else { Step::Moved })
    }

    /// A file that was written, changed or moved here since the deletion was asked for is another one.
    async fn next_batch(&self, errand: &Errand, size: u32) -> Result<Batch, StorageError> {
        let asked_at = errand.deletion.created_at;
        let query = FileQuery {
            prefix: errand.deletion.prefix.clone(),
            delimiter: None,
            owner: errand.writer.reach.owner(),
            page: PageRequest {
                limit: size,
                after: errand.deletion.reached.as_ref().map(behind),
                with_total: false,
            },
        };
        let files = self.ports.store.read().files();
        let page = files.list(errand.bucket.id, &query).await?;
        let there: Vec<File> = page.items.into_iter().filter_map(file_of).collect();
        Ok(Batch {
            reached: there.last().map(|file| file.key.clone()),
            last: page.next.is_none(),
            doomed: there
                .into_iter()
                .filter(|file| file.updated_at <= asked_at)
                .collect(),
        })
    }

    /// The same that is told and written down of a single file.
    async fn tell(&self, unit: &dyn UnitOfWork, errand: &Errand, files: &[File]) -> Result<(), StorageError> {
        let origin = &errand.deletion.origin;
        for file in files {
            let place = (&errand.bucket, file);
            self.note_removal(unit, place, errand.writer, origin).await?;
            self.announce(unit, &FILE_DELETED_JOB, place).await?;
        }
        Ok(())
    }
}

fn behind(key: &ObjectKey) -> Position {
    Position {
        value: SortValue::Text(key.as_str().to_owned()),
        id: Default::default(),
    }
}

fn file_of(entry: FileEntry) -> Option<File> {
    match entry {
        FileEntry::File(file) => Some(*file),
        FileEntry::Folder(_) => None,
    }
}
