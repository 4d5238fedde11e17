//! Use cases of user and role administration.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use mainstay_domain::{Permission, PermissionSet, Principal, Role, RoleName, User};
use mainstay_services::{
    roles::{NewRole, RolesError},
    users::{Change, ProfileChanges, UsersError},
};
use mainstay_testkit::{
    MemoryStore, MockRepositories, TestPorts, admin_principal, origin, principal, user, user_service,
};

async fn stored(ports: &TestPorts, user: User) -> User {
    ports.store.read().users().insert(&user).await.unwrap();
    user
}

async fn world() -> (TestPorts, Principal) {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    let admin = admin_principal();
    stored(&ports, admin.user.clone()).await;
    (ports, admin)
}

#[tokio::test]
async fn a_user_who_is_not_there_is_not_found() {
    let mut mocks = MockRepositories::new();
    mocks.users.expect_find().returning(|_| Ok(None));
    let users = user_service(mocks.into_store());
    let answer = users.get(user("ada@example.com").id).await;
    assert!(matches!(answer, Err(UsersError::NotFound)));
}

#[tokio::test]
async fn the_last_administrator_can_be_neither_disabled_nor_demoted_nor_deleted() {
    let (ports, admin) = world().await;
    let users = ports.users();
    let id = admin.user.id;
    let disabled = users.disable(&admin, (id, None), &origin()).await;
    assert!(matches!(disabled, Err(UsersError::LastAdministrator)));
    let demoted = users.set_roles(&admin, (id, None), vec![], &origin()).await;
    assert!(matches!(demoted, Err(UsersError::LastAdministrator)));
    let deleted = users.delete_me(&admin, None, &origin()).await;
    assert!(matches!(deleted, Err(UsersError::LastAdministrator)));
}

#[tokio::test]
async fn two_administrators_who_remove_each_other_leave_one() {
    let (ports, admin) = world().await;
    let mut other = user("other@example.com");
    other.roles.insert(0, RoleName::admin());
    let other = principal(stored(&ports, other).await, Permission::BUILT_IN);
    let users = Arc::new(ports.users());
    let (a, b) = (admin.clone(), other.clone());
    let first = tokio::spawn({
        let (users, id) = (Arc::clone(&users), b.user.id);
        async move { users.disable(&a, (id, None), &origin()).await }
    });
    let second = tokio::spawn({
        let (users, id) = (users, admin.user.id);
        async move { users.disable(&b, (id, None), &origin()).await }
    });
    let won = [first.await.unwrap().is_ok(), second.await.unwrap().is_ok()];
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
}

#[tokio::test]
async fn whoever_may_write_users_cannot_touch_an_administrator() {
    let (ports, admin) = world().await;
    let helper = principal(
        stored(&ports, user("helper@example.com")).await,
        [Permission::USERS_WRITE],
    );
    let users = ports.users();
    let disabled = users.disable(&helper, (admin.user.id, None), &origin()).await;
    assert!(matches!(disabled, Err(UsersError::Outranked)));
    let own = users
        .set_roles(
            &helper,
            (helper.user.id, None),
            vec![RoleName::admin()],
            &origin(),
        )
        .await;
    assert!(matches!(own, Err(UsersError::Outranked)));
}

#[tokio::test]
async fn an_outdated_version_changes_nothing_at_all() {
    let (ports, admin) = world().await;
    let ada = stored(&ports, user("ada@example.com")).await;
    let changes = ProfileChanges {
        first_name: Change::Set(mainstay_domain::PersonName::parse("Ada").unwrap()),
        ..ProfileChanges::default()
    };
    let users = ports.users();
    let saved = users
        .update(&admin, (ada.id, Some(1)), &changes, &origin())
        .await
        .unwrap();
    assert_eq!(saved.version, 2);
    let outdated = users
        .update(&admin, (ada.id, Some(1)), &ProfileChanges::default(), &origin())
        .await;
    assert!(matches!(outdated, Err(UsersError::VersionMismatch)));
}

#[tokio::test]
async fn a_role_grants_at_once_and_stops_granting_when_it_is_deleted() {
    let (ports, admin) = world().await;
    let roles = ports.roles();
    let reader = NewRole {
        name: RoleName::parse("reader").unwrap(),
        description: String::new(),
        permissions: PermissionSet::from([Permission::USERS_READ]),
    };
    let role: Role = roles.create(&admin, reader, &origin()).await.unwrap();
    let granted = ports
        .roles
        .permissions_of(std::slice::from_ref(&role.name))
        .await
        .unwrap();
    assert!(granted.contains(&Permission::USERS_READ));
    roles
        .delete(&admin, (&role.name, Some(1)), &origin())
        .await
        .unwrap();
    assert!(ports.roles.permissions_of(&[role.name]).await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_can_make_a_role_that_grants_more_than_they_hold() {
    let (ports, _) = world().await;
    let helper = principal(user("helper@example.com"), [Permission::ROLES_WRITE]);
    let mighty = NewRole {
        name: RoleName::parse("mighty").unwrap(),
        description: String::new(),
        permissions: PermissionSet::from([Permission::USERS_WRITE]),
    };
    let answer = ports.roles().create(&helper, mighty, &origin()).await;
    assert!(matches!(answer, Err(RolesError::Outranked)));
}
