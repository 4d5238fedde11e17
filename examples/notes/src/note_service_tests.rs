//! The use cases against a mocked repository.

use mainstay_testkit::prelude::*;

use super::*;
use crate::notes_repository::MockNoteRepository;

fn service(notes: MockNoteRepository) -> NoteService {
    NoteService {
        notes: Arc::new(notes),
        clock: Arc::new(FixedClock::default()),
        entropy: Arc::new(SequentialEntropy::default()),
    }
}

pub(crate) fn note(email: &str) -> Note {
    let now = FixedClock::default().now();
    Note {
        id: NoteId(SequentialEntropy::default().id(now)),
        owner: user(email).id,
        title: Title::parse("Groceries").unwrap(),
        body: Body::parse("").unwrap(),
        version: 3,
        created_at: now,
    }
}

fn holding(note: Note) -> MockNoteRepository {
    let mut notes = MockNoteRepository::new();
    let find = notes.expect_find().withf(move |id| *id == note.id);
    find.returning(move |_| Ok(Some(note.clone())));
    notes
}

#[tokio::test]
async fn the_note_of_somebody_else_does_not_exist() {
    let note = note("ada@example.com");
    let eve = user("eve@example.com").id;
    let answer = service(holding(note.clone())).get(eve, note.id).await;
    assert!(matches!(answer, Err(ResourceError::NotFound)));
}

#[tokio::test]
async fn an_outdated_version_changes_nothing_at_all() {
    let note = note("ada@example.com"); // expects neither update nor delete
    let service = service(holding(note.clone()));
    let updated = service.update(note.owner, (note.id, Some(2)), (None, None)).await;
    assert!(matches!(updated, Err(ResourceError::VersionMismatch)));
    let deleted = service.delete(note.owner, (note.id, Some(2))).await;
    assert!(matches!(deleted, Err(ResourceError::VersionMismatch)));
}

#[tokio::test]
async fn a_change_that_comes_second_is_told_so() {
    let note = note("ada@example.com");
    let mut notes = holding(note.clone());
    notes.expect_update().once().returning(|_| Ok(false));
    let key = (note.id, None);
    let answer = service(notes).update(note.owner, key, (None, None)).await;
    assert!(matches!(answer, Err(ResourceError::VersionMismatch)));
}
