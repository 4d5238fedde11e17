//! Keys that access tokens are signed with.

use std::sync::Arc;

use mainstay_domain::{SigningAlgorithm, SigningKey};
use tokio::sync::Mutex;

use super::fixture::{SharedStore, at, count_true, tag};

/// Generations are shared by all cases, so they take turns.
static TURN: Mutex<()> = Mutex::const_new(());

/// What was stored comes back, sorted by algorithm and generation.
pub async fn every_field_of_a_signing_key_comes_back_as_stored(store: SharedStore) {
    let _turn = TURN.lock().await;
    clear(&store).await;
    let keys = [
        key(SigningAlgorithm::Es256, 1),
        key(SigningAlgorithm::Es256, 2),
        key(SigningAlgorithm::EdDsa, 1),
        key(SigningAlgorithm::Rs256, 1),
    ];
    for key in keys.iter().rev() {
        assert!(store.read().signing_keys().insert(key).await.unwrap());
    }
    assert_eq!(store.read().signing_keys().list().await.unwrap(), keys);
}

/// Replicas that start together end up with one key.
pub async fn of_concurrent_first_keys_exactly_one_is_kept(store: SharedStore) {
    let _turn = TURN.lock().await;
    clear(&store).await;
    let told = count_true(12, || {
        let (store, key) = (Arc::clone(&store), key(SigningAlgorithm::Es256, 1));
        async move { store.read().signing_keys().insert(&key).await }
    });
    assert_eq!(told.await, 1);
    assert_eq!(store.read().signing_keys().list().await.unwrap().len(), 1);
}

/// A generation that is taken leaves the unit of work sound.
pub async fn a_taken_generation_is_told_without_a_failure(store: SharedStore) {
    let _turn = TURN.lock().await;
    clear(&store).await;
    let first = key(SigningAlgorithm::Rs256, 1);
    let unit = store.begin().await.unwrap();
    assert!(unit.signing_keys().insert(&first).await.unwrap());
    let twin = key(SigningAlgorithm::Rs256, 1);
    assert!(!unit.signing_keys().insert(&twin).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(store.read().signing_keys().list().await.unwrap(), [first]);
}

/// Removing tells whether there was anything.
pub async fn a_removed_signing_key_is_gone_for_good(store: SharedStore) {
    let _turn = TURN.lock().await;
    clear(&store).await;
    let key = key(SigningAlgorithm::EdDsa, 1);
    let keys = store.read().signing_keys();
    keys.insert(&key).await.unwrap();
    assert!(keys.delete(&key.kid).await.unwrap());
    assert!(!keys.delete(&key.kid).await.unwrap());
    assert_eq!(keys.list().await.unwrap(), []);
}

async fn clear(store: &SharedStore) {
    let keys = store.read().signing_keys();
    for key in keys.list().await.unwrap() {
        keys.delete(&key.kid).await.unwrap();
    }
}

fn key(algorithm: SigningAlgorithm, generation: i32) -> SigningKey {
    SigningKey {
        kid: tag(),
        algorithm,
        generation,
        sealed: "x".repeat(3_000),
        created_at: at(0),
        active_from: at(600),
    }
}
