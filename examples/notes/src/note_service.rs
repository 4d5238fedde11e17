//! What one can do with notes. Somebody else's note does not exist.

use mainstay_services::prelude::*;

use crate::{
    note::{Body, Note, NoteId, Title},
    notes_repository::NoteRepository,
};

/// Which note, and the version that the caller has seen; any if `None`.
type Key = (NoteId, Option<Version>);
/// What to change; what is `None` stays.
type Changes = (Option<Title>, Option<Body>);

/// The use cases of notes.
pub struct NoteService {
    pub notes: Arc<dyn NoteRepository>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl NoteService {
    /// A page of `owner`'s notes, or of everybody's, newest first.
    pub async fn list(&self, owner: Option<UserId>, page: &PageRequest) -> Stored<Page<Note>> {
        self.notes.list(owner, page).await
    }

    /// One of `owner`'s notes.
    pub async fn get(&self, owner: UserId, id: NoteId) -> Result<Note, ResourceError> {
        let found = self.notes.find(id).await?;
        let own = found.filter(|note| note.owner == owner);
        own.ok_or(ResourceError::NotFound)
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
        };
        self.notes.insert(&note).await?;
        Ok(note)
    }

    /// Changes one of `owner`'s notes, if it is the version they know.
    pub async fn update(&self, owner: UserId, key: Key, to: Changes) -> Result<Note, ResourceError> {
        let mut note = self.get_seen(owner, key).await?;
        let (title, body) = to;
        note.title = title.unwrap_or(note.title);
        note.body = body.unwrap_or(note.body);
        let updated = self.notes.update(&note).await?;
        note.version += 1;
        updated.then_some(note).ok_or(ResourceError::VersionMismatch)
    }

    /// Deletes one of `owner`'s notes, if it is the version they know.
    pub async fn delete(&self, owner: UserId, key: Key) -> Result<(), ResourceError> {
        let note = self.get_seen(owner, key).await?;
        let deleted = self.notes.delete(&note).await?;
        deleted.then_some(()).ok_or(ResourceError::VersionMismatch)
    }

    async fn get_seen(&self, owner: UserId, (id, seen): Key) -> Result<Note, ResourceError> {
        let note = self.get(owner, id).await?;
        let same = seen.is_none_or(|version| version == note.version);
        same.then_some(note).ok_or(ResourceError::VersionMismatch)
    }
}

#[cfg(test)]
#[path = "note_service_tests.rs"]
pub(crate) mod tests;
