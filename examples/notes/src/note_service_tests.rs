//! The use cases against a mocked repository.

use mainstay_testkit::{FixedClock, SequentialEntropy, user};
use mockall::predicate::eq;

use super::*;
use crate::notes_repository::{MockNoteRepository, NoteRepository};

impl NoteStore for MockNoteRepository {
    fn notes(&self) -> &dyn NoteRepository {
        self
    }
}

fn service(notes: MockNoteRepository) -> NoteService {
    let (store, clock) = (Arc::new(notes), Arc::new(FixedClock::default()));
    NoteService {
        store,
        clock,
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
        updated_at: now,
    }
}

fn holding(note: Note) -> MockNoteRepository {
    let mut notes = MockNoteRepository::new();
    notes
        .expect_find()
        .with(eq(note.id))
        .returning(move |_| Ok(Some(note.clone())));
    notes
}

#[tokio::test]
async fn a_new_note_begins_with_version_one_and_is_kept() {
    let mut notes = MockNoteRepository::new();
    notes
        .expect_insert()
        .withf(|note| note.version == 1)
        .once()
        .returning(|_| Ok(()));
    let wanted = note("ada@example.com");
    let made = service(notes)
        .create(wanted.owner, wanted.title, wanted.body)
        .await
        .unwrap();
    assert_eq!(made.created_at, FixedClock::default().now());
}

#[tokio::test]
async fn the_note_of_somebody_else_does_not_exist() {
    let note = note("ada@example.com");
    let answer = service(holding(note.clone()))
        .get(user("eve@example.com").id, note.id)
        .await;
    assert!(matches!(answer, Err(NoteError::NotFound)));
}

#[tokio::test]
async fn an_outdated_version_changes_nothing_at_all() {
    let note = note("ada@example.com"); // expects neither update nor delete
    let service = service(holding(note.clone()));
    let updated = service.update(note.owner, (note.id, Some(2)), None, None).await;
    assert!(matches!(updated, Err(NoteError::VersionMismatch)));
    let deleted = service.delete(note.owner, (note.id, Some(2))).await;
    assert!(matches!(deleted, Err(NoteError::VersionMismatch)));
}

#[tokio::test]
async fn a_change_that_comes_second_is_told_so() {
    let note = note("ada@example.com");
    let mut notes = holding(note.clone());
    notes.expect_update().once().returning(|_| Ok(false));
    let answer = service(notes)
        .update(note.owner, (note.id, None), None, None)
        .await;
    assert!(matches!(answer, Err(NoteError::VersionMismatch)));
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_name() {
    let note = note("ada@example.com");
    let mut notes = holding(note.clone());
    notes.expect_update().once().returning(|_| Ok(true));
    let body = Body::parse("milk").unwrap();
    let changed = service(notes)
        .update(note.owner, (note.id, Some(3)), None, Some(body))
        .await
        .unwrap();
    assert_eq!(
        (changed.title, changed.body.as_str(), changed.version),
        (note.title, "milk", 4)
    );
}
