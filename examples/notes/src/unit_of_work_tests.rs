//! Notes and Mainstay's own data in one unit of work, on a real database.

use mainstay_domain::{PageRequest, UserId};
use mainstay_repositories::{
    Repositories, Store,
    sea::{SeaOptions, SeaStore},
};
use mainstay_testkit::user;
use sea_orm_migration::MigrationTrait;

use crate::{migration::Migration, note_service::tests::note, notes_repository::NoteStore};

async fn store() -> SeaStore {
    let store = SeaStore::connect(&SeaOptions::new("sqlite::memory:"))
        .await
        .unwrap();
    let mut steps = mainstay_migration::steps();
    steps.push(Box::new(Migration) as Box<dyn MigrationTrait>);
    mainstay_migration::run_up(store.connection(), steps)
        .await
        .unwrap();
    store
}

async fn titles(store: &SeaStore, owner: Option<UserId>) -> Vec<String> {
    let page = store.notes().list(owner, &PageRequest::default()).await.unwrap();
    page.items.iter().map(|note| note.title.to_string()).collect()
}

#[tokio::test]
async fn a_user_and_their_first_note_are_kept_together_or_not_at_all() {
    let store = store().await;
    let (ada, note) = (user("ada@example.com"), note("ada@example.com"));
    for keep in [false, true] {
        let unit = store.begin_sea().await.unwrap();
        unit.users().insert(&ada).await.unwrap();
        unit.notes().insert(&note).await.unwrap();
        if keep {
            unit.commit().await.unwrap();
        } else {
            drop(unit);
        }
        assert_eq!(store.read().users().find(ada.id).await.unwrap().is_some(), keep);
        assert_eq!(titles(&store, Some(ada.id)).await.len(), usize::from(keep));
    }
    assert_eq!(titles(&store, None).await, ["Groceries"]);
}

#[tokio::test]
async fn only_the_version_that_was_read_can_be_changed_or_deleted() {
    let store = store().await;
    let (ada, mut note) = (user("ada@example.com"), note("ada@example.com"));
    store.read().users().insert(&ada).await.unwrap();
    store.notes().insert(&note).await.unwrap();
    assert!(store.notes().update(&note).await.unwrap());
    assert!(!store.notes().update(&note).await.unwrap());
    assert!(!store.notes().delete(&note).await.unwrap());
    note.version += 1;
    assert_eq!(store.notes().find(note.id).await.unwrap(), Some(note.clone()));
    assert!(store.notes().delete(&note).await.unwrap());
}
