//! Files in memory.

use async_trait::async_trait;
use mainstay_domain::{
    BlobId, BucketId, File, FileEntry, FileId, FileQuery, FileStatus, ObjectKey, Page, PageRequest, Position,
    SortValue, Usage, UserId,
};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{State, ensure, insert_new},
};
use crate::{FileRepository, Result, constraint, file_walk::FileWalk};

#[async_trait]
impl<A: Access> FileRepository for Memory<A> {
    async fn insert(&self, file: &File) -> Result<()> {
        self.0
            .write(|state| {
                check(state, file)?;
                insert_new(&mut state.files, file.id, file, constraint::OTHER)
            })
            .await
    }

    async fn find(&self, bucket: BucketId, key: &ObjectKey) -> Result<Option<File>> {
        let wanted = |file: &&File| file.bucket_id == bucket && file.key == *key;
        Ok(self.0.read(|state| state.files.values().find(wanted).cloned()))
    }

    async fn find_by_id(&self, id: FileId) -> Result<Option<File>> {
        Ok(self.0.read(|state| state.files.get(&id).cloned()))
    }

    async fn update(&self, file: &File) -> Result<bool> {
        self.0
            .write(|state| {
                if !still(state, file) {
                    return Ok(false);
                }
                check(state, file)?;
                let Some(stored) = state.files.get_mut(&file.id) else {
                    return Ok(false);
                };
                *stored = File {
                    owner: stored.owner,
                    created_at: stored.created_at,
                    version: file.version + 1,
                    ..file.clone()
                };
                Ok(true)
            })
            .await
    }

    async fn judge(&self, id: FileId, blob: BlobId, verdict: FileStatus) -> Result<bool> {
        self.0
            .write(|state| {
                let waiting = |file: &&mut File| file.blob == blob && file.status == FileStatus::Unscanned;
                let Some(file) = state.files.get_mut(&id).filter(waiting) else {
                    return Ok(false);
                };
                file.status = verdict;
                Ok(true)
            })
            .await
    }

    async fn delete(&self, file: &File) -> Result<bool> {
        self.0
            .write(|state| Ok(still(state, file) && state.files.remove(&file.id).is_some()))
            .await
    }

    async fn list(&self, bucket: BucketId, query: &FileQuery) -> Result<Page<FileEntry>> {
        let end = query.prefix.successor();
        let mut walk = FileWalk::new(query);
        while let Some((from, count)) = walk.wanted() {
            let inside = |file: &&File| {
                let key = file.key.as_str().as_bytes();
                file.bucket_id == bucket
                    && key >= from
                    && end.as_deref().is_none_or(|end| key < end)
                    && query.owner.is_none_or(|owner| file.owner == Some(owner))
            };
            let mut found: Vec<File> = self
                .0
                .read(|state| state.files.values().filter(inside).cloned().collect());
            found.sort_by(|a, b| a.key.cmp(&b.key));
            found.truncate(usize::try_from(count).unwrap_or(usize::MAX));
            walk.take(found);
        }
        Ok(walk.page())
    }

    async fn list_owned(&self, owner: UserId, page: &PageRequest) -> Result<Page<File>> {
        let owned = |file: &&File| file.owner == Some(owner);
        Ok(self.0.read(|state| {
            let rows = state.files.values().filter(owned).collect();
            page_of(rows, page, false, by_id)
        }))
    }

    async fn walk(&self, after: Option<FileId>, limit: u32) -> Result<Vec<File>> {
        let behind = |file: &&File| after.is_none_or(|after| file.id > after);
        Ok(self.0.read(|state| {
            let files = state.files.values().filter(behind);
            files.take(limit as usize).cloned().collect()
        }))
    }

    async fn usage(&self, owner: UserId, bucket: Option<BucketId>) -> Result<Usage> {
        let counted =
            |file: &&File| file.owner == Some(owner) && bucket.is_none_or(|bucket| file.bucket_id == bucket);
        Ok(self.0.read(|state| {
            let mut usage = Usage::default();
            for file in state.files.values().filter(counted) {
                usage.size += file.size;
                usage.files += 1;
            }
            usage
        }))
    }
}

/// The rules between a file and everything else.
fn check(state: &State, file: &File) -> Result<()> {
    ensure(state.buckets.contains_key(&file.bucket_id), constraint::REFERENCE)?;
    let owned = file.owner.is_none_or(|owner| state.users.contains_key(&owner));
    ensure(owned, constraint::REFERENCE)?;
    let same_key =
        |other: &File| other.id != file.id && other.bucket_id == file.bucket_id && other.key == file.key;
    ensure(!state.files.values().any(same_key), constraint::FILES_KEY)
}

fn still(state: &State, file: &File) -> bool {
    let stored = state.files.get(&file.id);
    stored.is_some_and(|stored| stored.version == file.version)
}

fn by_id(file: &File) -> Position {
    Position {
        value: SortValue::Text(String::new()),
        id: file.id.uuid(),
    }
}
