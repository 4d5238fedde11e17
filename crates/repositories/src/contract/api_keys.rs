//! API keys.

use std::sync::Arc;

use mainstay_domain::{ApiKey, ApiKeyId, ApiKeyName, PermissionSet, RoleName, UserId};
use uuid::Uuid;

use super::fixture::{
    SharedStore, at, count_true, hash, long_ago, page_of, stored_holder, stored_user, user_id,
};
use crate::constraint;

/// Keys with everything and with as little as can be.
pub async fn every_field_of_an_api_key_comes_back_as_stored(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let full = key_of(owner, 0);
    let bare = ApiKey {
        scopes: PermissionSet::new(),
        rate_limit: None,
        last_used_at: None,
        expires_at: None,
        ..key_of(owner, 1)
    };
    for key in [&full, &bare] {
        assert!(store.read().api_keys().insert(key, 10).await.unwrap());
        let found = store.read().api_keys().find(owner, key.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(key));
    }
}

/// One statement for both; roles included.
pub async fn an_api_key_is_found_together_with_its_owner(store: SharedStore) {
    let owner = stored_holder(&store, &RoleName::user()).await;
    let key = stored_key(&store, owner.id, 0).await;
    let keys = store.read().api_keys();
    assert_eq!(keys.find_with_user(key.id).await.unwrap(), Some((key, owner)));
    assert_eq!(keys.find_with_user(ApiKeyId(Uuid::new_v4())).await.unwrap(), None);
}

/// An id that is somebody else's is no key of one's own, whatever is asked of it.
pub async fn the_api_key_of_somebody_else_is_out_of_reach(store: SharedStore) {
    let (ada, eve) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let key = stored_key(&store, ada, 0).await;
    let keys = store.read().api_keys();
    assert_eq!(keys.find(eve, key.id).await.unwrap(), None);
    assert!(!keys.rename(eve, key.id, &name("mine now")).await.unwrap());
    assert!(!keys.delete(eve, key.id).await.unwrap());
    assert_eq!(keys.find(ada, key.id).await.unwrap(), Some(key));
}

/// The limit holds whoever comes at the same time.
pub async fn of_concurrent_new_api_keys_only_as_many_as_allowed_are_kept(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let told = count_true(8, || {
        let (store, key) = (Arc::clone(&store), key_of(owner, 0));
        async move { store.read().api_keys().insert(&key, 3).await }
    });
    assert_eq!(told.await, 3);
    let listed = store.read().api_keys().list(owner, &page_of(10)).await.unwrap();
    assert_eq!(listed.items.len(), 3);
}

/// Nobody's key is nobody's.
pub async fn an_api_key_of_an_unknown_user_is_a_conflict(store: SharedStore) {
    let error = store.read().api_keys().insert(&key_of(user_id(), 0), 10).await;
    let error = error.unwrap_err();
    assert!(error.is_conflict(constraint::REFERENCE), "{error:?}");
}

/// Pages, newest first, of one owner only.
pub async fn api_keys_are_listed_newest_first_in_pages(store: SharedStore) {
    let (ada, eve) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let mut expected = Vec::new();
    for second in 0..5 {
        expected.insert(0, stored_key(&store, ada, second).await);
        stored_key(&store, eve, second).await;
    }
    let mut seen = Vec::new();
    let mut request = page_of(2);
    loop {
        let page = store.read().api_keys().list(ada, &request).await.unwrap();
        seen.extend(page.items);
        request.after = page.next;
        if request.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
}

/// A later use stays noted when an earlier one is told of afterwards.
pub async fn the_last_use_of_an_api_key_never_goes_back(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let key = stored_key(&store, owner, 0).await;
    let keys = store.read().api_keys();
    for (noted, expected) in [(100, 100), (90, 100), (160, 160)] {
        keys.note_use(key.id, at(noted)).await.unwrap();
        let stored = keys.find(owner, key.id).await.unwrap().unwrap();
        assert_eq!(stored.last_used_at, Some(at(expected)));
    }
    keys.note_use(ApiKeyId(Uuid::new_v4()), at(1)).await.unwrap();
}

/// Renaming changes the name and nothing else.
pub async fn renaming_an_api_key_leaves_the_rest_alone(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let key = stored_key(&store, owner, 0).await;
    let keys = store.read().api_keys();
    assert!(keys.rename(owner, key.id, &name("another")).await.unwrap());
    let renamed = ApiKey {
        name: name("another"),
        ..key.clone()
    };
    assert_eq!(keys.find(owner, key.id).await.unwrap(), Some(renamed));
}

/// One at a time, or all of one owner.
pub async fn deleted_api_keys_are_gone_and_others_stay(store: SharedStore) {
    let (ada, eve) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let first = stored_key(&store, ada, 0).await;
    for second in 1..3 {
        stored_key(&store, ada, second).await;
    }
    let other = stored_key(&store, eve, 0).await;
    let keys = store.read().api_keys();
    assert!(keys.delete(ada, first.id).await.unwrap());
    assert!(!keys.delete(ada, first.id).await.unwrap());
    assert_eq!(keys.delete_all(ada).await.unwrap(), 2);
    assert_eq!(keys.delete_all(ada).await.unwrap(), 0);
    assert_eq!(keys.find(eve, other.id).await.unwrap(), Some(other));
}

/// Keys that never expire, or did so lately, are not the purge's.
pub async fn purging_removes_api_keys_that_expired_long_ago_only(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let ends = [Some(long_ago(10)), Some(long_ago(20)), Some(long_ago(60)), None];
    let made = ends.map(|expires_at| ApiKey {
        expires_at,
        ..key_of(owner, 0)
    });
    let keys = store.read().api_keys();
    for key in &made {
        assert!(keys.insert(key, 10).await.unwrap());
    }
    assert_eq!(keys.purge(long_ago(60), 1).await.unwrap(), 1, "one at a time");
    while keys.purge(long_ago(60), 1).await.unwrap() > 0 {}
    let mut left = Vec::new();
    for key in &made {
        left.push(keys.find(owner, key.id).await.unwrap().is_some());
    }
    assert_eq!(left, [false, false, true, true]);
    assert!(keys.delete(owner, made[2].id).await.unwrap());
}

async fn stored_key(store: &SharedStore, owner: UserId, second: i64) -> ApiKey {
    let key = key_of(owner, second);
    assert!(store.read().api_keys().insert(&key, 100).await.unwrap());
    key
}

fn name(raw: &str) -> ApiKeyName {
    ApiKeyName::parse(raw).unwrap()
}

fn key_of(owner: UserId, second: i64) -> ApiKey {
    ApiKey {
        id: ApiKeyId(Uuid::new_v4()),
        user_id: owner,
        name: name("Nächtliche Sicherung 🔑"),
        hash: hash(),
        scopes: ["users:read", "audit:read"].map(permission).into(),
        rate_limit: Some(60),
        created_at: at(second),
        last_used_at: Some(at(second + 1)),
        expires_at: Some(at(second + 1_000)),
    }
}

fn permission(raw: &str) -> mainstay_domain::Permission {
    mainstay_domain::Permission::parse(raw).unwrap()
}
