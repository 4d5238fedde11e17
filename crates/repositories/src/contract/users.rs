//! Users: uniqueness, versions, roles and removal.

use std::{collections::BTreeSet, sync::Arc};

use mainstay_domain::{
    Locale, OneTimeToken, PasswordCredential, PasswordHash, RoleName, TokenPurpose, User, UserId, UserStatus,
    Username,
};

use super::fixture::{
    SharedStore, at, email, find_session, find_user, hash, long_ago, name, session_of, store_session,
    store_user, stored_holder, stored_role, stored_session, stored_user, tag, until_available, user, user_id,
    user_with_email, users_with,
};
use crate::constraint;

/// Every field comes back as it was stored, times to the microsecond.
pub async fn every_field_of_a_user_comes_back_as_stored(store: SharedStore) {
    let full = User {
        username: Some(username(&format!("Ada.{}", tag()))),
        first_name: Some(name("Ada")),
        last_name: Some(name("Lovelace")),
        locale: Some(Locale::parse("de-AT").unwrap()),
        avatar_url: Some("https://cdn.contract.test/ada.png?size=64".to_owned()),
        email_verified: true,
        status: UserStatus::Deleted,
        roles: vec![RoleName::admin(), RoleName::user()],
        version: 7,
        updated_at: at(1),
        last_login_at: Some(at(2)),
        deleted_at: Some(at(3)),
        ..user_with_email(&format!("Ada.{}@Contract.TEST", tag()))
    };
    let full = store_user(&store, full).await;
    let found = find_user(&store, full.id).await.unwrap();
    assert_eq!(found, full);
    assert_eq!(found.email.as_str(), full.email.as_str());
    let spelling = |user: &User| user.username.as_ref().map(|name| name.as_str().to_owned());
    assert_eq!(spelling(&found), spelling(&full));
}

/// Address and user name find their user however they are written.
pub async fn users_are_found_by_address_and_name_in_any_case(store: SharedStore) {
    let tag = tag();
    let stored = User {
        username: Some(username(&format!("{tag}x"))),
        ..user_with_email(&format!("{tag}@contract.test"))
    };
    let stored = store_user(&store, stored).await;
    let users = store.read().users();
    let address = email(&format!("{}@CONTRACT.test", tag.to_uppercase()));
    assert_eq!(users.find_by_email(&address).await.unwrap(), Some(stored.clone()));
    let login = username(&format!("{tag}X"));
    assert_eq!(users.find_by_username(&login).await.unwrap(), Some(stored));
    assert_eq!(users.find_by_email(&user().email).await.unwrap(), None);
}

/// One address, one account, whatever its case.
pub async fn a_second_user_with_one_address_is_a_conflict(store: SharedStore) {
    let tag = tag();
    store_user(&store, user_with_email(&format!("{tag}ä@contract.test"))).await;
    for address in [format!("{tag}ä@contract.test"), format!("{tag}Ä@Contract.Test")] {
        let conflict = store
            .read()
            .users()
            .insert(&user_with_email(&address))
            .await
            .unwrap_err();
        assert!(conflict.is_conflict(constraint::USERS_EMAIL), "{conflict:?}");
    }
}

/// One user name, one account, whatever its case.
pub async fn a_second_user_with_one_user_name_is_a_conflict(store: SharedStore) {
    let tag = tag();
    let with_name = |raw: String| User {
        username: Some(username(&raw)),
        ..user()
    };
    store_user(&store, with_name(format!("{tag}x"))).await;
    for raw in [format!("{tag}x"), format!("{tag}X")] {
        let conflict = store.read().users().insert(&with_name(raw)).await.unwrap_err();
        assert!(conflict.is_conflict(constraint::USERS_USERNAME), "{conflict:?}");
    }
}

/// Any number of users may have no user name.
pub async fn users_without_a_user_name_do_not_conflict(store: SharedStore) {
    let (first, second) = (stored_user(&store).await, stored_user(&store).await);
    assert_eq!(first.username, second.username);
}

/// A change of address is held to the same rule as a new account.
pub async fn moving_to_a_taken_address_is_a_conflict(store: SharedStore) {
    let (taken, mover) = (stored_user(&store).await, stored_user(&store).await);
    let moved = User {
        email: taken.email.clone(),
        ..mover.clone()
    };
    let conflict = store.read().users().update(&moved).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::USERS_EMAIL), "{conflict:?}");
    assert_eq!(find_user(&store, mover.id).await, Some(mover));
}

/// Roles must exist, and so must the user who gets them.
pub async fn an_unknown_role_or_user_is_a_reference_conflict(store: SharedStore) {
    let unknown = RoleName::parse(&format!("x{}", tag())).unwrap();
    let holder = User {
        roles: vec![unknown.clone()],
        ..user()
    };
    let known = stored_user(&store).await;
    let users = store.read().users();
    for answer in [
        users.insert(&holder).await,
        users.set_roles(known.id, &[RoleName::user(), unknown]).await,
        users.set_roles(user().id, &[RoleName::user()]).await,
    ] {
        let conflict = answer.unwrap_err();
        assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
    }
    assert_eq!(find_user(&store, holder.id).await, None);
    assert_eq!(find_user(&store, known.id).await, Some(known));
}

/// The second of two changes that started from one version does nothing.
pub async fn of_two_updates_from_one_version_the_second_is_told_false(store: SharedStore) {
    let stored = stored_user(&store).await;
    let renamed = |raw: &str| User {
        first_name: Some(name(raw)),
        updated_at: at(9),
        ..stored.clone()
    };
    let users = store.read().users();
    assert!(users.update(&renamed("First")).await.unwrap());
    assert!(!users.update(&renamed("Second")).await.unwrap());
    let expected = User {
        version: stored.version + 1,
        ..renamed("First")
    };
    assert_eq!(find_user(&store, stored.id).await, Some(expected));
    assert!(
        !users.update(&user()).await.unwrap(),
        "a user that is not there was updated"
    );
}

/// Roles, the time of creation and the last login have their own ways to change.
pub async fn an_update_leaves_roles_creation_and_login_alone(store: SharedStore) {
    let stored = stored_holder(&store, &RoleName::user()).await;
    store.read().users().record_login(stored.id, at(5)).await.unwrap();
    let changed = User {
        roles: vec![RoleName::admin()],
        created_at: at(7),
        last_login_at: Some(at(8)),
        email_verified: true,
        ..stored.clone()
    };
    assert!(store.read().users().update(&changed).await.unwrap());
    let expected = User {
        email_verified: true,
        version: stored.version + 1,
        last_login_at: Some(at(5)),
        ..stored.clone()
    };
    assert_eq!(find_user(&store, stored.id).await, Some(expected));
}

/// Roles are replaced as a whole and told sorted.
pub async fn setting_roles_replaces_them_and_keeps_the_version(store: SharedStore) {
    let role = stored_role(&store).await.name;
    let stored = stored_holder(&store, &RoleName::admin()).await;
    let users = store.read().users();
    users
        .set_roles(stored.id, &[RoleName::user(), role.clone()])
        .await
        .unwrap();
    let found = find_user(&store, stored.id).await.unwrap();
    assert_eq!(found.roles, [role, RoleName::user()]);
    assert_eq!(found.version, stored.version);
    users.set_roles(stored.id, &[]).await.unwrap();
    assert!(find_user(&store, stored.id).await.unwrap().roles.is_empty());
}

/// However a user is asked for, the roles are the same, and searches for holders agree.
pub async fn every_way_to_ask_for_a_user_tells_the_same_roles(store: SharedStore) {
    let (first, second) = (stored_role(&store).await.name, stored_role(&store).await.name);
    let stored = stored_holder(&store, &first).await;
    let both = [second.clone(), first.clone(), second.clone()];
    for roles in [&both[..], &[], &both[1..], &both[..1]] {
        store.read().users().set_roles(stored.id, roles).await.unwrap();
        let told = roles_agree(&store, &stored, &[&first, &second]).await;
        assert_eq!(told.len(), roles.iter().collect::<BTreeSet<_>>().len());
    }
}

/// Of several who set the roles of one user at once, the last one's stand, and no other's.
pub async fn of_concurrent_changes_of_roles_one_stands_whole(store: SharedStore) {
    let (first, second) = (stored_role(&store).await.name, stored_role(&store).await.name);
    let stored = stored_holder(&store, &RoleName::user()).await;
    let set = |number: usize| {
        let store = Arc::clone(&store);
        let role = if number.is_multiple_of(2) {
            first.clone()
        } else {
            second.clone()
        };
        let id = stored.id;
        let change = move || {
            let (store, role) = (Arc::clone(&store), role.clone());
            async move { store.read().users().set_roles(id, &[role]).await }
        };
        tokio::spawn(until_available(change))
    };
    for set in (0..6).map(set).collect::<Vec<_>>() {
        set.await.unwrap().unwrap();
    }
    let told = roles_agree(&store, &stored, &[&first, &second]).await;
    assert_eq!(told.len(), 1, "{told:?}");
}

/// The roles of a user, which must be the same however they are asked for.
async fn roles_agree(store: &SharedStore, user: &User, roles: &[&RoleName]) -> Vec<RoleName> {
    let found = find_user(store, user.id).await.unwrap();
    let by_email = store.read().users().find_by_email(&user.email).await.unwrap();
    assert_eq!(by_email.as_ref(), Some(&found));
    let query = users_with(user.email.as_str());
    let listed = store.read().users().list(&query).await.unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&found));
    let session = stored_session(store, user.id).await;
    let by_session = store.read().sessions().find_with_user(session.id).await.unwrap();
    assert_eq!(by_session.unwrap().1, found);
    for role in roles {
        let holders = store
            .read()
            .users()
            .count_active_with_role(role, None)
            .await
            .unwrap();
        assert_eq!(
            holders == 1,
            found.has_role(role),
            "{role:?} of {:?}",
            found.roles
        );
    }
    found.roles
}

/// A login is noted without counting as a change.
pub async fn recording_a_login_does_not_touch_the_version(store: SharedStore) {
    let stored = stored_user(&store).await;
    let users = store.read().users();
    assert!(users.record_login(stored.id, at(60)).await.unwrap());
    let expected = User {
        last_login_at: Some(at(60)),
        ..stored.clone()
    };
    assert_eq!(find_user(&store, stored.id).await, Some(expected));
}

/// Whoever was switched off between their proof and their session gets none.
pub async fn a_login_of_a_user_who_is_not_active_is_not_recorded(store: SharedStore) {
    let users = store.read().users();
    for status in [UserStatus::Disabled, UserStatus::Invited, UserStatus::Deleted] {
        let stored = stored_user(&store).await;
        let other = User {
            status,
            ..stored.clone()
        };
        assert!(users.update(&other).await.unwrap());
        assert!(
            !users.record_login(stored.id, at(60)).await.unwrap(),
            "{status:?}"
        );
        let found = find_user(&store, stored.id).await.unwrap();
        assert_eq!(found.last_login_at, stored.last_login_at);
    }
    assert!(!users.record_login(user_id(), at(60)).await.unwrap());
}

/// The rule of the last administrator counts on this figure.
pub async fn only_active_holders_but_the_excepted_one_are_counted(store: SharedStore) {
    let role = stored_role(&store).await.name;
    let first = stored_holder(&store, &role).await;
    stored_holder(&store, &role).await;
    stored_holder(&store, &RoleName::user()).await;
    for status in [UserStatus::Disabled, UserStatus::Invited, UserStatus::Deleted] {
        let holder = User {
            roles: vec![role.clone()],
            status,
            ..user()
        };
        store_user(&store, holder).await;
    }
    let users = store.read().users();
    assert_eq!(users.count_active_with_role(&role, None).await.unwrap(), 2);
    assert_eq!(
        users.count_active_with_role(&role, Some(first.id)).await.unwrap(),
        1
    );
    assert_eq!(
        users
            .count_active_with_role(&role, Some(user().id))
            .await
            .unwrap(),
        2
    );
}

/// After the grace period a user goes, and all that hangs on it; nobody else does.
pub async fn purging_removes_only_users_deleted_long_ago(store: SharedStore) {
    let recent = store_user(&store, deleted(at(0))).await;
    let (active, old) = (
        stored_user(&store).await,
        store_user(&store, deleted(long_ago(0))).await,
    );
    let session = store_session(&store, session_of(old.id)).await;
    let token = store_belongings(&store, &old).await;
    let users = store.read().users();
    for (user, goes) in [(&recent, false), (&active, false), (&old, true), (&old, false)] {
        assert_eq!(users.purge(user.id, long_ago(60)).await.unwrap(), goes);
    }

    assert_eq!(find_user(&store, recent.id).await, Some(recent));
    assert_eq!(find_user(&store, active.id).await, Some(active));
    assert_eq!(find_user(&store, old.id).await, None);
    assert_eq!(find_session(&store, session.id).await, None);
    assert_eq!(store.read().credentials().find(old.id).await.unwrap(), None);
    let tokens = store.read().one_time_tokens();
    assert_eq!(
        tokens.consume(&token.hash, token.purpose, at(0)).await.unwrap(),
        None
    );
    store_user(&store, old).await;
}

/// Those that wait longest come first, and no more than asked for.
pub async fn deleted_users_are_listed_in_the_order_of_their_deletion(store: SharedStore) {
    let users = store.read().users();
    let mut made = Vec::new();
    for second in [2, 0, 1] {
        made.push(store_user(&store, deleted(very_long_ago(second))).await.id);
    }
    let listed = users.list_deleted(very_long_ago(2), 2).await.unwrap();
    let ids: Vec<UserId> = listed.iter().map(|user| user.id).collect();
    assert_eq!(ids, [made[1], made[2]]);
    assert_eq!(users.list_deleted(very_long_ago(2), 1).await.unwrap().len(), 1);
    for id in made {
        assert!(users.purge(id, very_long_ago(60)).await.unwrap());
    }
}

/// Where no other case deletes anybody.
fn very_long_ago(second: i64) -> mainstay_domain::Timestamp {
    long_ago(second - 86_400 * 365)
}

fn deleted(deleted_at: mainstay_domain::Timestamp) -> User {
    User {
        status: UserStatus::Deleted,
        deleted_at: Some(deleted_at),
        roles: vec![RoleName::user()],
        ..user()
    }
}

async fn store_belongings(store: &SharedStore, owner: &User) -> OneTimeToken {
    let credential = PasswordCredential {
        user_id: owner.id,
        hash: PasswordHash("$argon2id$contract".to_owned()),
        changed_at: at(0),
    };
    store.read().credentials().put(&credential).await.unwrap();
    let token = OneTimeToken {
        hash: hash(),
        purpose: TokenPurpose::FirstAdmin,
        user_id: Some(owner.id),
        created_at: at(0),
        expires_at: at(100),
        payload: None,
        tries: 0,
    };
    store.read().one_time_tokens().insert(&token).await.unwrap();
    token
}

fn username(raw: &str) -> Username {
    Username::parse(raw).unwrap()
}
