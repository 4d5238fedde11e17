//! Units of work that lock one user run one after the other.

use std::sync::Arc;

use mainstay_domain::{TokenHash, UserId};

use super::fixture::{SharedStore, count_true, hash, stored_user, user_id};
use crate::Result;

/// Locking tells whether there is anything to lock, and changes nothing.
pub async fn locking_tells_whether_the_user_exists(store: SharedStore) {
    let owner = stored_user(&store).await;
    let unit = store.begin().await.unwrap();
    assert!(unit.users().lock(owner.id).await.unwrap());
    assert!(
        unit.users().lock(owner.id).await.unwrap(),
        "a second lock in one unit of work"
    );
    assert!(!unit.users().lock(user_id()).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(store.read().users().find(owner.id).await.unwrap(), Some(owner));
}

/// Of two who give away the last but one of something at once, one sees that it is the last.
pub async fn units_of_work_that_lock_one_user_see_what_the_one_before_wrote(store: SharedStore) {
    let owner = stored_user(&store).await.id;
    let codes: Vec<TokenHash> = (0..4).map(|_| hash()).collect();
    store
        .read()
        .recovery_codes()
        .replace(owner, &codes)
        .await
        .unwrap();
    let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let given = count_true(4, || {
        let place = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        give_away(Arc::clone(&store), owner, codes[place])
    });
    assert_eq!(given.await, 3, "the last one must stay");
    assert_eq!(store.read().recovery_codes().count(owner).await.unwrap(), 1);
}

async fn give_away(store: SharedStore, owner: UserId, code: TokenHash) -> Result<bool> {
    let unit = store.begin().await?;
    assert!(unit.users().lock(owner).await?);
    if unit.recovery_codes().count(owner).await? < 2 {
        return Ok(false);
    }
    unit.recovery_codes().consume(owner, &code).await?;
    unit.commit().await?;
    Ok(true)
}
