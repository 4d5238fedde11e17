//! Authenticator apps.

use std::sync::Arc;

use mainstay_domain::{FactorName, SealedSecret, TotpFactor, TotpFactorId, TotpStep, UserId};
use uuid::Uuid;

use super::fixture::{SharedStore, at, count_true, long_ago, stored_user, user_id};
use crate::constraint;

/// What is stored is what is read, names of any script included.
pub async fn every_field_of_an_authenticator_app_comes_back(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let offered = stored_factor(&store, owner).await;
    let used = TotpFactor {
        created_at: at(1),
        confirmed_at: Some(at(2)),
        last_step: Some(TotpStep(59_666_666)),
        last_used_at: Some(at(3)),
        ..factor_of(owner)
    };
    store.read().totp_factors().insert(&used).await.unwrap();
    assert_eq!(list(&store, owner).await, [offered, used]);
    assert_eq!(list(&store, user_id()).await, []);
}

/// Nobody's app cannot be stored.
pub async fn an_authenticator_app_of_an_unknown_user_is_a_conflict(store: SharedStore) {
    let stray = store.read().totp_factors().insert(&factor_of(user_id())).await;
    let stray = stray.unwrap_err();
    assert!(stray.is_conflict(constraint::REFERENCE), "{stray:?}");
}

/// An app is confirmed once; the code that confirmed it is used up by that.
pub async fn an_app_is_confirmed_only_once(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let id = stored_factor(&store, owner).await.id;
    let factors = store.read().totp_factors();
    assert!(
        !factors.use_step(id, TotpStep(7), at(1)).await.unwrap(),
        "unconfirmed"
    );
    assert!(factors.confirm(id, TotpStep(7), at(1)).await.unwrap());
    assert!(!factors.confirm(id, TotpStep(8), at(2)).await.unwrap());
    let [stored] = list(&store, owner).await.try_into().unwrap();
    assert_eq!(
        (stored.confirmed_at, stored.last_step, stored.last_used_at),
        (Some(at(1)), Some(TotpStep(7)), Some(at(1)))
    );
    assert!(!factors.use_step(id, TotpStep(7), at(2)).await.unwrap());
}

/// Used is used, and so is whatever came before it.
pub async fn a_code_works_once_and_none_before_it(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let id = stored_factor(&store, owner).await.id;
    let factors = store.read().totp_factors();
    factors.confirm(id, TotpStep(7), at(1)).await.unwrap();
    assert!(factors.use_step(id, TotpStep(9), at(2)).await.unwrap());
    for step in [7, 8, 9] {
        assert!(
            !factors.use_step(id, TotpStep(step), at(3)).await.unwrap(),
            "{step}"
        );
    }
    assert!(factors.use_step(id, TotpStep(10), at(4)).await.unwrap());
    assert!(
        !factors
            .use_step(TotpFactorId(Uuid::new_v4()), TotpStep(11), at(4))
            .await
            .unwrap()
    );
}

/// Twenty people with one code over the owner's shoulder.
pub async fn of_twenty_concurrent_uses_of_a_code_exactly_one_counts(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let id = stored_factor(&store, owner).await.id;
    store
        .read()
        .totp_factors()
        .confirm(id, TotpStep(7), at(1))
        .await
        .unwrap();
    let used = count_true(20, || {
        let store = Arc::clone(&store);
        async move { store.read().totp_factors().use_step(id, TotpStep(8), at(2)).await }
    });
    assert_eq!(used.await, 1);
}

/// Nobody deletes what is not theirs.
pub async fn deleting_apps_spares_those_of_strangers(store: SharedStore) {
    let (owner, stranger) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let (mine, confirmed, theirs) = (
        stored_factor(&store, owner).await,
        stored_factor(&store, owner).await,
        stored_factor(&store, stranger).await,
    );
    let factors = store.read().totp_factors();
    factors.confirm(confirmed.id, TotpStep(1), at(1)).await.unwrap();
    assert!(!factors.delete(owner, theirs.id).await.unwrap());
    assert_eq!(factors.delete_unconfirmed(owner).await.unwrap(), 1);
    assert!(!factors.delete(owner, mine.id).await.unwrap(), "gone already");
    assert!(factors.delete(owner, confirmed.id).await.unwrap());
    stored_factor(&store, owner).await;
    assert_eq!(factors.delete_all(owner).await.unwrap(), 1);
    assert_eq!(list(&store, stranger).await, [theirs]);
}

/// Only what was offered before the time and never taken goes.
pub async fn purging_removes_only_apps_that_nobody_confirmed(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let factors = store.read().totp_factors();
    let old = |second| TotpFactor {
        created_at: long_ago(second),
        ..factor_of(owner)
    };
    let confirmed = old(0);
    let recent = stored_factor(&store, owner).await;
    for factor in [&confirmed, &old(1), &old(2)] {
        factors.insert(factor).await.unwrap();
    }
    factors.confirm(confirmed.id, TotpStep(1), at(1)).await.unwrap();
    while factors.purge_unconfirmed(long_ago(60), 1).await.unwrap() > 0 {}
    let left: Vec<TotpFactorId> = list(&store, owner).await.iter().map(|factor| factor.id).collect();
    assert_eq!(left, [confirmed.id, recent.id]);
}

async fn list(store: &SharedStore, owner: UserId) -> Vec<TotpFactor> {
    store.read().totp_factors().list(owner).await.unwrap()
}

async fn stored_factor(store: &SharedStore, owner: UserId) -> TotpFactor {
    let factor = factor_of(owner);
    store.read().totp_factors().insert(&factor).await.unwrap();
    factor
}

fn factor_of(owner: UserId) -> TotpFactor {
    TotpFactor {
        id: TotpFactorId(Uuid::now_v7()),
        user_id: owner,
        name: FactorName::parse("Zoë's 📱").unwrap(),
        secret: SealedSecret("Sealed+/=".repeat(20)),
        created_at: at(0),
        confirmed_at: None,
        last_step: None,
        last_used_at: None,
    }
}
