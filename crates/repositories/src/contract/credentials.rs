//! Password credentials.

use mainstay_domain::{PasswordCredential, PasswordHash, UserId};

use super::fixture::{SharedStore, at, stored_user, user_id};
use crate::constraint;

/// A user has one password; a new one replaces it.
pub async fn putting_a_credential_replaces_the_one_before(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    assert_eq!(find(&store, owner).await, None);
    for (hash, second) in [("$argon2id$one", 1), ("$argon2id$two", 2)] {
        let credential = credential(owner, hash, second);
        store.read().credentials().put(&credential).await.unwrap();
        assert_eq!(find(&store, owner).await, Some(credential));
    }
}

/// Nobody's password cannot be stored.
pub async fn a_credential_of_an_unknown_user_is_a_conflict(store: SharedStore) {
    let stray = credential(user_id(), "$argon2id$one", 1);
    let conflict = store.read().credentials().put(&stray).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
    assert_eq!(find(&store, stray.user_id).await, None);
}

/// An upgrade never undoes a change of password, and does not count as one.
pub async fn a_hash_is_upgraded_only_if_it_still_is_the_old_one(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let original = credential(owner, "$argon2id$Old", 1);
    let credentials = store.read().credentials();
    credentials.put(&original).await.unwrap();
    let (old, new) = (original.hash.clone(), PasswordHash("$argon2id$New".to_owned()));
    let other_case = PasswordHash("$argon2id$old".to_owned());
    assert!(!credentials.upgrade(owner, &other_case, &new).await.unwrap());
    assert_eq!(find(&store, owner).await, Some(original));
    assert!(credentials.upgrade(owner, &old, &new).await.unwrap());
    assert!(!credentials.upgrade(owner, &old, &new).await.unwrap());
    assert!(!credentials.upgrade(user_id(), &old, &new).await.unwrap());
    assert_eq!(
        find(&store, owner).await,
        Some(credential(owner, "$argon2id$New", 1))
    );
}

/// Without a password nobody gets in by one.
pub async fn a_deleted_credential_is_gone_and_spares_others(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let credentials = store.read().credentials();
    for id in [owner, other] {
        credentials
            .put(&credential(id, "$argon2id$one", 1))
            .await
            .unwrap();
    }
    assert!(credentials.delete(owner).await.unwrap());
    assert!(!credentials.delete(owner).await.unwrap());
    assert_eq!(find(&store, owner).await, None);
    assert!(find(&store, other).await.is_some());
}

fn credential(user_id: UserId, hash: &str, second: i64) -> PasswordCredential {
    PasswordCredential {
        user_id,
        hash: PasswordHash(hash.to_owned()),
        changed_at: at(second),
    }
}

async fn find(store: &SharedStore, user_id: UserId) -> Option<PasswordCredential> {
    store.read().credentials().find(user_id).await.unwrap()
}
