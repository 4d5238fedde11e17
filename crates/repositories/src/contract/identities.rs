//! Identities at other providers.

use std::sync::Arc;

use mainstay_domain::{Identity, IdentityId, IdentityKey, ProviderName, UserId};
use uuid::Uuid;

use super::fixture::{SharedStore, at, count_true, email, stored_user, tag, user_id};
use crate::constraint;

const ISSUER: &str = "https://id.contract.test";

fn identity_of(user_id: UserId) -> Identity {
    Identity {
        id: IdentityId(Uuid::new_v4()),
        user_id,
        provider: ProviderName::parse("contract").unwrap(),
        key: IdentityKey::parse(ISSUER, &format!("Sub|{}", tag())).unwrap(),
        email: Some(email("Ada@Contract.test")),
        created_at: at(0),
        last_used_at: None,
    }
}

async fn stored(store: &SharedStore, user_id: UserId) -> Identity {
    let identity = identity_of(user_id);
    store.read().identities().insert(&identity).await.unwrap();
    identity
}

/// Nothing is lost on the way to the store and back.
pub async fn every_field_of_an_identity_comes_back_as_stored(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let identity = stored(&store, owner).await;
    let bare = Identity {
        email: None,
        last_used_at: Some(at(3)),
        ..identity_of(owner)
    };
    store.read().identities().insert(&bare).await.unwrap();
    for identity in [identity, bare] {
        let found = store.read().identities().find(&identity.key).await.unwrap();
        let found = found.unwrap();
        assert_eq!(found, identity);
        let address = |identity: &Identity| identity.email.as_ref().map(|email| email.as_str().to_owned());
        assert_eq!(address(&found), address(&identity));
    }
}

/// Whoever proves an identity gets into exactly one account.
pub async fn an_identity_is_linked_to_one_account_only(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let identity = stored(&store, owner).await;
    for user_id in [owner, other] {
        let again = Identity {
            key: identity.key.clone(),
            ..identity_of(user_id)
        };
        let conflict = store.read().identities().insert(&again).await.unwrap_err();
        assert!(
            conflict.is_conflict(constraint::IDENTITIES_SUBJECT),
            "{conflict:?}"
        );
    }
    let found = store.read().identities().find(&identity.key).await.unwrap();
    assert_eq!(found.map(|found| found.user_id), Some(owner));
}

/// One subject at two issuers is two people, and so are subjects that differ in case.
pub async fn identities_differ_by_issuer_and_by_the_octets_of_the_subject(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let identity = stored(&store, owner).await;
    let subject = identity.key.subject();
    for key in [
        IdentityKey::parse("https://ID.contract.test", subject).unwrap(),
        IdentityKey::parse(ISSUER, &subject.to_lowercase()).unwrap(),
    ] {
        assert_eq!(store.read().identities().find(&key).await.unwrap(), None);
        let other = Identity {
            key: key.clone(),
            ..identity_of(owner)
        };
        store.read().identities().insert(&other).await.unwrap();
        assert_eq!(store.read().identities().find(&key).await.unwrap(), Some(other));
    }
}

/// Two first logins at the same moment make one link.
pub async fn of_ten_concurrent_links_of_one_identity_exactly_one_is_kept(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let key = identity_of(owner).key;
    let kept = count_true(10, || {
        let store = Arc::clone(&store);
        let identity = Identity {
            key: key.clone(),
            ..identity_of(owner)
        };
        async move {
            match store.read().identities().insert(&identity).await {
                Err(error) if error.is_conflict(constraint::IDENTITIES_SUBJECT) => Ok(false),
                inserted => inserted.map(|()| true),
            }
        }
    })
    .await;
    assert_eq!(kept, 1);
}

/// Nobody's identity cannot be stored.
pub async fn an_identity_of_an_unknown_user_is_a_conflict(store: SharedStore) {
    let stray = identity_of(user_id());
    let conflict = store.read().identities().insert(&stray).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
}

/// The order in which they were linked.
pub async fn identities_of_a_user_are_listed_oldest_first(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    stored(&store, other).await;
    let mut linked = Vec::new();
    for second in [2, 1, 3] {
        let identity = Identity {
            created_at: at(second),
            ..identity_of(owner)
        };
        store.read().identities().insert(&identity).await.unwrap();
        linked.push(identity);
    }
    linked.sort_by_key(|identity| identity.created_at);
    assert_eq!(store.read().identities().list(owner).await.unwrap(), linked);
}

/// Nobody unlinks what belongs to somebody else.
pub async fn only_the_owner_s_identity_is_deleted_and_only_once(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let (first, second) = (stored(&store, owner).await, stored(&store, owner).await);
    let kept = stored(&store, other).await;
    let identities = store.read().identities();
    assert!(!identities.delete(other, first.id).await.unwrap());
    assert!(identities.delete(owner, first.id).await.unwrap());
    assert!(!identities.delete(owner, first.id).await.unwrap());
    assert_eq!(identities.list(owner).await.unwrap(), [second]);
    assert_eq!(identities.delete_all(owner).await.unwrap(), 1);
    assert_eq!(identities.list(owner).await.unwrap(), []);
    assert_eq!(identities.list(other).await.unwrap(), [kept]);
}

/// Its owner sees when it was used.
pub async fn a_use_of_an_identity_is_noted(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let (used, unused) = (stored(&store, owner).await, stored(&store, owner).await);
    store
        .read()
        .identities()
        .record_use(used.id, at(9))
        .await
        .unwrap();
    let find = async |key| store.read().identities().find(key).await.unwrap().unwrap();
    assert_eq!(find(&used.key).await.last_used_at, Some(at(9)));
    assert_eq!(find(&unused.key).await.last_used_at, None);
}
