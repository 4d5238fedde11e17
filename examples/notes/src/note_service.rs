//! What one can do with notes. Somebody else's note does not exist.

use std::sync::Arc;

use mainstay_domain::{Page, PageRequest, UserId, Version};
use mainstay_repositories::{RepositoryError, Result as Stored};
use mainstay_services::ports::{Clock, Entropy};

use crate::{
    note::{Body, Note, NoteId, Title},
    notes_repository::NoteStore,
};

/// Why something about a note was not done.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    #[error("no such note")]
    NotFound,
    #[error("the note was changed meanwhile")]
    VersionMismatch,
    #[error(transparent)]
    Failure(#[from] RepositoryError),
}

/// Which note, and the version that the caller has seen; any if `None`.
type Key = (NoteId, Option<Version>);

/// The use cases of notes.
pub struct NoteService {
    pub store: Arc<dyn NoteStore>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl NoteService {
    /// A page of `owner`'s notes, or of everybody's, newest first.
    pub async fn list(&self, owner: Option<UserId>, page: &PageRequest) -> Stored<Page<Note>> {
        self.store.notes().list(owner, page).await
    }

    /// One of `owner`'s notes.
    pub async fn get(&self, owner: UserId, id: NoteId) -> Result<Note, NoteError> {
        let found = self.store.notes().find(id).await?;
        found
            .filter(|note| note.owner == owner)
            .ok_or(NoteError::NotFound)
    }

    /// Makes a note.
    pub async fn create(&self, owner: UserId, title: Title, body: Body) -> Stored<Note> {
        let now = self.clock.now();
        let note = Note {
            id: NoteId(self.entropy.id(now)),
            owner,
            title,
            body,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.store.notes().insert(&note).await?;
        Ok(note)
    }

    /// Changes one of `owner`'s notes, if it is the version they know. What is `None` stays.
    pub async fn update(
        &self,
        owner: UserId,
        key: Key,
        title: Option<Title>,
        body: Option<Body>,
    ) -> Result<Note, NoteError> {
        let mut note = self.get_seen(owner, key).await?;
        note.title = title.unwrap_or(note.title);
        note.body = body.unwrap_or(note.body);
        note.updated_at = self.clock.now();
        let updated = self.store.notes().update(&note).await?;
        note.version += 1;
        updated.then_some(note).ok_or(NoteError::VersionMismatch)
    }

    /// Deletes one of `owner`'s notes, if it is the version they know.
    pub async fn delete(&self, owner: UserId, key: Key) -> Result<(), NoteError> {
        let note = self.get_seen(owner, key).await?;
        let deleted = self.store.notes().delete(&note).await?;
        deleted.then_some(()).ok_or(NoteError::VersionMismatch)
    }

    async fn get_seen(&self, owner: UserId, (id, seen): Key) -> Result<Note, NoteError> {
        let note = self.get(owner, id).await?;
        let same = seen.is_none_or(|version| version == note.version);
        same.then_some(note).ok_or(NoteError::VersionMismatch)
    }
}

#[cfg(test)]
#[path = "note_service_tests.rs"]
pub(crate) mod tests;
