//! Recovery codes.

use std::sync::Arc;

use mainstay_domain::TokenHash;

use super::fixture::{SharedStore, count_true, hash, stored_user, user_id};
use crate::constraint;

/// A code works once, for its owner.
pub async fn a_recovery_code_works_once_and_for_its_owner_only(store: SharedStore) {
    let (owner, stranger) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let codes = store.read().recovery_codes();
    let [first, second] = [hash(), hash()];
    codes.replace(owner, &[first, second]).await.unwrap();
    assert!(!codes.consume(stranger, &first).await.unwrap());
    assert!(codes.consume(owner, &first).await.unwrap());
    assert!(!codes.consume(owner, &first).await.unwrap());
    assert_eq!(codes.count(owner).await.unwrap(), 1);
    assert!(!codes.consume(owner, &hash()).await.unwrap());
}

/// New codes make the old ones worthless.
pub async fn replacing_recovery_codes_leaves_none_of_the_old(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let codes = store.read().recovery_codes();
    let (old, new): (Vec<TokenHash>, Vec<TokenHash>) = (0..10).map(|_| (hash(), hash())).unzip();
    codes.replace(owner, &old).await.unwrap();
    codes.replace(owner, &new[..3]).await.unwrap();
    assert_eq!(codes.count(owner).await.unwrap(), 3);
    for code in &old {
        assert!(!codes.consume(owner, code).await.unwrap());
    }
    assert!(codes.consume(owner, &new[2]).await.unwrap());
    assert_eq!(codes.delete_all(owner).await.unwrap(), 2);
    assert_eq!(codes.count(owner).await.unwrap(), 0);
    let stray = codes.replace(user_id(), &new).await.unwrap_err();
    assert!(stray.is_conflict(constraint::REFERENCE), "{stray:?}");
}

/// Twenty people with one code.
pub async fn of_twenty_concurrent_uses_of_a_recovery_code_one_counts(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let code = hash();
    store
        .read()
        .recovery_codes()
        .replace(owner, &[code, hash()])
        .await
        .unwrap();
    let used = count_true(20, || {
        let store = Arc::clone(&store);
        async move { store.read().recovery_codes().consume(owner, &code).await }
    });
    assert_eq!(used.await, 1);
    assert_eq!(store.read().recovery_codes().count(owner).await.unwrap(), 1);
}

/// Of sets made at once one stays, whole; a use that is rolled back was none.
pub async fn concurrent_sets_of_recovery_codes_never_add_up(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let made = count_true(6, || {
        let store = Arc::clone(&store);
        async move {
            let unit = store.begin().await?;
            let set: Vec<TokenHash> = (0..10).map(|_| hash()).collect();
            unit.recovery_codes().replace(owner, &set).await?;
            unit.commit().await?;
            Ok(true)
        }
    });
    assert_eq!(made.await, 6);
    let codes = store.read().recovery_codes();
    assert_eq!(codes.count(owner).await.unwrap(), 10);
    let code = hash();
    codes.replace(owner, &[code]).await.unwrap();
    let unit = store.begin().await.unwrap();
    assert!(unit.recovery_codes().consume(owner, &code).await.unwrap());
    drop(unit);
    assert!(codes.consume(owner, &code).await.unwrap());
}
