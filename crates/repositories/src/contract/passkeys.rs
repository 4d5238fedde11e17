//! Passkeys.

use std::sync::Arc;

use mainstay_domain::{FactorName, Passkey, PasskeyId, PasskeyUse, UserId, WebauthnId};
use uuid::Uuid;

use super::fixture::{SharedStore, at, count_true, stored_user, user_id};
use crate::constraint;

/// What is stored is what is read, ids of any length included.
pub async fn every_field_of_a_passkey_comes_back_as_stored(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let mut longest = vec![255; 1023];
    longest[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    let used = Passkey {
        credential_id: WebauthnId::new(longest).unwrap(),
        public_key: vec![1; 600],
        sign_count: i64::from(u32::MAX),
        backed_up: true,
        passwordless: false,
        created_at: at(1),
        last_used_at: Some(at(2)),
        ..passkey_of(owner)
    };
    let passkeys = store.read().passkeys();
    let plain = stored_passkey(&store, owner).await;
    passkeys.insert(&used).await.unwrap();
    assert_eq!(passkeys.list(owner).await.unwrap(), [plain.clone(), used.clone()]);
    assert_eq!(passkeys.find(&used.credential_id).await.unwrap(), Some(used));
    assert_eq!(
        passkeys.find(&passkey_of(owner).credential_id).await.unwrap(),
        None
    );
    assert_eq!(passkeys.list(user_id()).await.unwrap(), []);
}

/// One credential is one passkey, whoever claims it.
pub async fn a_credential_is_registered_only_once(store: SharedStore) {
    let (owner, stranger) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let passkeys = store.read().passkeys();
    let first = stored_passkey(&store, owner).await;
    let again = Passkey {
        credential_id: first.credential_id,
        ..passkey_of(stranger)
    };
    let twin = passkeys.insert(&again).await.unwrap_err();
    assert!(twin.is_conflict(constraint::PASSKEYS_CREDENTIAL), "{twin:?}");
    let stray = passkeys.insert(&passkey_of(user_id())).await.unwrap_err();
    assert!(stray.is_conflict(constraint::REFERENCE), "{stray:?}");
}

/// A count that does not go up tells of a copy; authenticators that do not count stay at 0.
pub async fn a_count_of_uses_never_goes_back(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let id = stored_passkey(&store, owner).await.id;
    let passkeys = store.read().passkeys();
    for (count, told) in [
        (0, true),
        (0, true),
        (5, true),
        (5, false),
        (4, false),
        (0, false),
        (6, true),
    ] {
        let recorded = passkeys.record_use(id, &used(count)).await.unwrap();
        assert_eq!(recorded, told, "{count}");
    }
    let [stored] = passkeys.list(owner).await.unwrap().try_into().unwrap();
    assert_eq!(
        (stored.sign_count, stored.backed_up, stored.last_used_at),
        (6, true, Some(at(9)))
    );
}

/// A passkey and its copy at the same moment.
pub async fn of_twenty_concurrent_uses_with_one_count_exactly_one_counts(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let id = stored_passkey(&store, owner).await.id;
    let recorded = count_true(20, || {
        let store = Arc::clone(&store);
        async move { store.read().passkeys().record_use(id, &used(3)).await }
    });
    assert_eq!(recorded.await, 1);
}

/// Nobody renames or deletes what is not theirs.
pub async fn renaming_and_deleting_spare_passkeys_of_strangers(store: SharedStore) {
    let (owner, stranger) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let (mine, theirs) = (
        stored_passkey(&store, owner).await,
        stored_passkey(&store, stranger).await,
    );
    let passkeys = store.read().passkeys();
    let name = FactorName::parse("Work laptop").unwrap();
    assert!(!passkeys.rename(owner, theirs.id, &name).await.unwrap());
    assert!(passkeys.rename(owner, mine.id, &name).await.unwrap());
    assert_eq!(
        passkeys.find(&mine.credential_id).await.unwrap().unwrap().name,
        name
    );
    assert!(!passkeys.delete(owner, theirs.id).await.unwrap());
    assert!(passkeys.delete(owner, mine.id).await.unwrap());
    assert!(!passkeys.delete(owner, mine.id).await.unwrap());
    stored_passkey(&store, owner).await;
    assert_eq!(passkeys.delete_all(owner).await.unwrap(), 1);
    assert_eq!(passkeys.list(stranger).await.unwrap(), [theirs]);
}

/// What somebody else may have planted asks for more, but opens nothing.
pub async fn passkeys_that_open_nothing_by_themselves_stay_as_factors(store: SharedStore) {
    let (owner, stranger) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let passkeys = store.read().passkeys();
    let mine = stored_passkey(&store, owner).await;
    let theirs = stored_passkey(&store, stranger).await;
    assert_eq!(passkeys.end_passwordless(owner).await.unwrap(), 1);
    let bound = Passkey {
        passwordless: false,
        ..mine
    };
    assert_eq!(passkeys.list(owner).await.unwrap(), [bound]);
    assert_eq!(passkeys.list(stranger).await.unwrap(), [theirs]);
    assert_eq!(passkeys.end_passwordless(user_id()).await.unwrap(), 0);
}

fn used(sign_count: i64) -> PasskeyUse {
    PasskeyUse {
        sign_count,
        backed_up: true,
        at: at(9),
    }
}

async fn stored_passkey(store: &SharedStore, owner: UserId) -> Passkey {
    let passkey = passkey_of(owner);
    store.read().passkeys().insert(&passkey).await.unwrap();
    passkey
}

fn passkey_of(owner: UserId) -> Passkey {
    Passkey {
        id: PasskeyId(Uuid::now_v7()),
        user_id: owner,
        name: FactorName::parse("Passkey").unwrap(),
        credential_id: WebauthnId::new(Uuid::new_v4().as_bytes().to_vec()).unwrap(),
        public_key: vec![0xa5, 0, 255],
        sign_count: 0,
        transports: "internal,hybrid".to_owned(),
        backup_eligible: true,
        backed_up: false,
        passwordless: true,
        created_at: at(0),
        last_used_at: None,
    }
}
