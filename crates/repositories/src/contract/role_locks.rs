//! Units of work that lock one role run one after the other.

use std::{sync::Arc, time::Duration};

use mainstay_domain::{Role, RoleName, UserId};

use super::fixture::{SharedStore, count_true, stored_holder, stored_role, tag, until_available};
use crate::Result;

/// Locking tells whether there is anything to lock.
pub async fn locking_tells_whether_the_role_exists(store: SharedStore) {
    let role = stored_role(&store).await.name;
    let unit = store.begin().await.unwrap();
    assert!(unit.roles().lock(&role).await.unwrap());
    assert!(
        unit.roles().lock(&role).await.unwrap(),
        "a second lock in one unit of work"
    );
    assert!(
        !unit
            .roles()
            .lock(&RoleName::parse(&format!("x{}", tag())).unwrap())
            .await
            .unwrap()
    );
    unit.commit().await.unwrap();
    let unchanged = store.read().roles().find(&role).await.unwrap().unwrap();
    assert_eq!(unchanged.version, 1);
}

/// Each sees what the one before it has written.
pub async fn units_of_work_that_lock_one_role_run_one_after_the_other(store: SharedStore) {
    let role = stored_role(&store).await;
    let counted = count_true(4, || count_up(Arc::clone(&store), role.name.clone()));
    assert_eq!(
        counted.await,
        4,
        "a unit of work read a version that another was changing"
    );
    let counted = store.read().roles().find(&role.name).await.unwrap().unwrap();
    assert_eq!(counted.version, role.version + 4);
}

/// The last administrator stays, even if two resign at once.
pub async fn of_two_last_holders_who_resign_at_once_one_stays(store: SharedStore) {
    let role = stored_role(&store).await.name;
    let first = stored_holder(&store, &role).await.id;
    let second = stored_holder(&store, &role).await.id;
    let resigned = tokio::join!(
        tokio::spawn(resign(Arc::clone(&store), role.clone(), first)),
        tokio::spawn(resign(Arc::clone(&store), role.clone(), second)),
    );
    let resigned = (resigned.0.unwrap().unwrap(), resigned.1.unwrap().unwrap());
    assert_ne!(resigned.0, resigned.1, "both or none were let go");
    assert_eq!(
        store
            .read()
            .users()
            .count_active_with_role(&role, None)
            .await
            .unwrap(),
        1
    );
}

/// Dropping a unit of work gives its lock back.
pub async fn a_dropped_unit_of_work_gives_its_lock_back(store: SharedStore) {
    let role = stored_role(&store).await;
    let unit = store.begin().await.unwrap();
    assert!(unit.roles().lock(&role.name).await.unwrap());
    drop(unit);
    let counted = tokio::time::timeout(Duration::from_secs(30), count_up(store, role.name));
    assert!(counted.await.expect("the lock was not given back").unwrap());
}

async fn count_up(store: SharedStore, name: RoleName) -> Result<bool> {
    let unit = store.begin().await?;
    assert!(unit.roles().lock(&name).await?);
    let role: Role = unit.roles().find(&name).await?.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let updated = unit.roles().update(&role).await?;
    unit.commit().await?;
    Ok(updated)
}

async fn resign(store: SharedStore, role: RoleName, holder: UserId) -> Result<bool> {
    until_available(|| try_to_resign(Arc::clone(&store), role.clone(), holder)).await
}

async fn try_to_resign(store: SharedStore, role: RoleName, holder: UserId) -> Result<bool> {
    let unit = store.begin().await?;
    assert!(unit.roles().lock(&role).await?);
    let others = unit.users().count_active_with_role(&role, Some(holder)).await?;
    tokio::time::sleep(Duration::from_millis(20)).await;
    if others > 0 {
        unit.users().set_roles(holder, &[]).await?;
    }
    unit.commit().await?;
    Ok(others > 0)
}
