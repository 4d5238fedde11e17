//! Notes and Mainstay's own data in one unit of work, on a real database.

use mainstay_repositories::{Repositories, Store};
use mainstay_testkit::prelude::*;

use crate::{
    migration,
    note_service::tests::note,
    notes_repository::{Entity, NoteRepository},
};

#[tokio::test]
async fn a_user_and_their_first_note_are_kept_together_or_not_at_all() {
    let store = sqlite_store(migration::steps()).await;
    store.verify_entity::<Entity>().await.unwrap();
    let (ada, mut note) = (user("ada@example.com"), note("ada@example.com"));
    for keep in [false, true] {
        let unit = store.begin_sea().await.unwrap();
        unit.users().insert(&ada).await.unwrap();
        unit.insert(&note).await.unwrap();
        if keep {
            unit.commit().await.unwrap();
        } else {
            drop(unit);
        }
        let user = store.read().users().find(ada.id).await.unwrap();
        let found = store.find(note.id).await.unwrap();
        assert_eq!((user.is_some(), found.is_some()), (keep, keep));
    }
    assert!(store.update(&note).await.unwrap());
    assert!(!store.update(&note).await.unwrap(), "its version was another");
    assert!(!store.delete(&note).await.unwrap(), "its version was another");
    note.version += 1;
    assert!(store.delete(&note).await.unwrap());
}
