//! Units of work: all or nothing.

use mainstay_domain::{AuditQuery, PasswordCredential, PasswordHash, RoleName, ThrottleState, User};

use super::fixture::{
    SharedStore, at, event_by, find_session, find_user, session_of, store_user, stored_user, tag, user,
};
use crate::{RepositoryError, constraint};

/// A conflict that is swallowed must not let the rest be kept, or be taken for kept.
pub async fn a_unit_of_work_in_which_a_call_failed_cannot_be_committed(store: SharedStore) {
    let taken = stored_user(&store).await;
    let (before, twin) = (
        user(),
        User {
            id: user().id,
            ..taken
        },
    );
    let unit = store.begin().await.unwrap();
    unit.users().insert(&before).await.unwrap();
    let conflict = unit.users().insert(&twin).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::USERS_EMAIL), "{conflict:?}");
    let kept = unit.commit().await;
    assert!(matches!(kept, Err(RepositoryError::Backend(_))), "{kept:?}");
    assert_eq!(find_user(&store, before.id).await, None);
    assert_eq!(find_user(&store, twin.id).await, None);
}

/// The same for a reference to something that is not there.
pub async fn a_unit_of_work_with_a_broken_reference_cannot_be_committed(store: SharedStore) {
    let kept_out = user();
    let unit = store.begin().await.unwrap();
    unit.users().insert(&kept_out).await.unwrap();
    let conflict = unit.sessions().insert(&session_of(user().id)).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
    let kept = unit.commit().await;
    assert!(matches!(kept, Err(RepositoryError::Backend(_))), "{kept:?}");
    assert_eq!(find_user(&store, kept_out.id).await, None);
}

/// Dropping is rolling back, in every repository the unit of work touched.
pub async fn dropping_a_unit_of_work_rolls_back_every_repository(store: SharedStore) {
    let (owner, key) = (user(), tag());
    let session = session_of(owner.id);
    let unit = store.begin().await.unwrap();
    unit.users().insert(&owner).await.unwrap();
    unit.users()
        .set_roles(owner.id, &[RoleName::user()])
        .await
        .unwrap();
    unit.credentials().put(&credential(&owner)).await.unwrap();
    unit.sessions().insert(&session).await.unwrap();
    unit.audit_events().append(&event_by(owner.id)).await.unwrap();
    assert!(unit.throttles().advance(&key, None, &one_try()).await.unwrap());
    drop(unit);

    assert_eq!(find_user(&store, owner.id).await, None);
    assert_eq!(find_session(&store, session.id).await, None);
    assert_eq!(store.read().credentials().find(owner.id).await.unwrap(), None);
    assert_eq!(store.read().throttles().find(&key).await.unwrap(), None);
    let query = AuditQuery {
        actor_id: Some(owner.id),
        ..AuditQuery::default()
    };
    assert!(
        store
            .read()
            .audit_events()
            .list(&query)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    store_user(&store, owner).await;
}

/// Committing keeps what was done in every repository.
pub async fn committing_a_unit_of_work_keeps_every_repository(store: SharedStore) {
    let owner = user();
    let session = session_of(owner.id);
    let unit = store.begin().await.unwrap();
    unit.users().insert(&owner).await.unwrap();
    unit.credentials().put(&credential(&owner)).await.unwrap();
    unit.sessions().insert(&session).await.unwrap();
    unit.commit().await.unwrap();

    assert_eq!(find_user(&store, owner.id).await, Some(owner.clone()));
    assert_eq!(find_session(&store, session.id).await, Some(session));
    let stored = store.read().credentials().find(owner.id).await.unwrap();
    assert_eq!(stored, Some(credential(&owner)));
}

/// A unit of work reads its own changes; nobody else does before it commits.
pub async fn only_the_unit_of_work_itself_sees_its_uncommitted_changes(store: SharedStore) {
    let owner = user();
    let unit = store.begin().await.unwrap();
    unit.users().insert(&owner).await.unwrap();
    assert_eq!(unit.users().find(owner.id).await.unwrap(), Some(owner.clone()));
    assert_eq!(find_user(&store, owner.id).await, None);
    unit.commit().await.unwrap();
    assert_eq!(find_user(&store, owner.id).await, Some(owner));
}

/// A conditional change that did not take place is an answer, not a failure.
pub async fn a_call_that_tells_false_leaves_the_unit_of_work_sound(store: SharedStore) {
    let (key, owner) = (tag(), user());
    let unit = store.begin().await.unwrap();
    assert!(unit.throttles().advance(&key, None, &one_try()).await.unwrap());
    assert!(!unit.throttles().advance(&key, None, &one_try()).await.unwrap());
    assert!(!unit.users().update(&owner).await.unwrap());
    unit.users().insert(&owner).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(
        store.read().throttles().find(&key).await.unwrap(),
        Some(one_try())
    );
    assert_eq!(find_user(&store, owner.id).await, Some(owner));
}

/// The store behind the port is there and says so.
pub async fn the_store_answers_and_tells_what_it_is(store: SharedStore) {
    store.ping().await.unwrap();
    let health = store.health();
    assert!(
        ["sqlite", "postgres", "mysql", "memory"].contains(&health.backend),
        "{health:?}"
    );
    assert!(health.size <= health.max, "{health:?}");
}

fn credential(owner: &User) -> PasswordCredential {
    PasswordCredential {
        user_id: owner.id,
        hash: PasswordHash("$argon2id$contract".to_owned()),
        changed_at: at(1),
    }
}

fn one_try() -> ThrottleState {
    ThrottleState {
        tries: 1,
        next_at: at(2),
        last_at: at(1),
    }
}
