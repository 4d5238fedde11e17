//! Files that come in parts, in memory.

use async_trait::async_trait;
use mainstay_domain::{
    Page, PageRequest, Position, ResumableUpload, SortValue, Timestamp, UploadId, UploadPart, UserId,
};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{ensure, insert_new, purge},
};
use crate::{Result, UploadAdmission, UploadBounds, UploadRepository, constraint};

#[async_trait]
impl<A: Access> UploadRepository for Memory<A> {
    async fn insert(&self, upload: &ResumableUpload, bounds: UploadBounds) -> Result<UploadAdmission> {
        self.0
            .write(|state| {
                state.require_user(upload.owner)?;
                ensure(
                    state.buckets.contains_key(&upload.bucket_id),
                    constraint::REFERENCE,
                )?;
                let counts = |other: &&ResumableUpload| {
                    other.owner == upload.owner && !other.finished && other.expires_at > upload.created_at
                };
                let others = state.uploads.values().filter(counts);
                let others: Vec<_> = others
                    .map(|other| (other.length, other.bucket_id == upload.bucket_id))
                    .collect();
                let admission = bounds.judge(upload.length, &others);
                if admission == UploadAdmission::Kept {
                    insert_new(&mut state.uploads, upload.id, upload, constraint::OTHER)?;
                }
                Ok(admission)
            })
            .await
    }

    async fn find(&self, id: UploadId) -> Result<Option<ResumableUpload>> {
        Ok(self.0.read(|state| state.uploads.get(&id).cloned()))
    }

    async fn list(&self, owner: UserId, page: &PageRequest) -> Result<Page<ResumableUpload>> {
        let own = |upload: &&ResumableUpload| upload.owner == owner;
        Ok(self.0.read(|state| {
            let rows = state.uploads.values().filter(own).collect();
            page_of(rows, page, true, position)
        }))
    }

    async fn append(&self, id: UploadId, part: &UploadPart) -> Result<bool> {
        self.0
            .write(|state| {
                let fits = |upload: &&mut ResumableUpload| !upload.finished && upload.received == part.start;
                let Some(upload) = state.uploads.get_mut(&id).filter(fits) else {
                    return Ok(false);
                };
                insert_new(
                    &mut state.upload_parts,
                    part.blob,
                    &(id, *part),
                    constraint::OTHER,
                )?;
                upload.received += part.size;
                Ok(true)
            })
            .await
    }

    async fn parts(&self, id: UploadId) -> Result<Vec<UploadPart>> {
        let mut parts: Vec<UploadPart> = self.0.read(|state| {
            let own = state.upload_parts.values().filter(|(upload, _)| *upload == id);
            own.map(|(_, part)| *part).collect()
        });
        parts.sort_by_key(|part| part.start);
        Ok(parts)
    }

    async fn finish(&self, id: UploadId) -> Result<bool> {
        self.0
            .write(|state| {
                let unfinished = |upload: &&mut ResumableUpload| !upload.finished;
                let Some(upload) = state.uploads.get_mut(&id).filter(unfinished) else {
                    return Ok(false);
                };
                (upload.finished, upload.received) = (true, upload.length);
                Ok(true)
            })
            .await
    }

    async fn delete(&self, id: UploadId, owner: UserId) -> Result<bool> {
        self.0
            .write(|state| {
                let found = state.uploads.get(&id).is_some_and(|upload| upload.owner == owner);
                if found {
                    state.uploads.remove(&id);
                    state.cascade_uploads();
                }
                Ok(found)
            })
            .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.0
            .write(|state| {
                let purged = purge(&mut state.uploads, limit, |upload| upload.expires_at < before);
                state.cascade_uploads();
                Ok(purged)
            })
            .await
    }
}

fn position(upload: &ResumableUpload) -> Position {
    Position {
        value: SortValue::Micros(upload.created_at.timestamp_micros()),
        id: upload.id.uuid(),
    }
}
