//! Roles and the permissions they grant.

use mainstay_domain::{ADMIN_ROLE, Permission, PermissionSet, Role, RoleName, USER_ROLE};

use super::fixture::{SharedStore, at, find_user, role_named, stored_holder, stored_role, tag};
use crate::constraint;

/// The roles every installation has.
pub async fn the_built_in_roles_are_there_from_the_start(store: SharedStore) {
    let roles = store.read().roles();
    let admin = roles.find(&RoleName::admin()).await.unwrap().unwrap();
    let user = roles.find(&RoleName::user()).await.unwrap().unwrap();
    assert_eq!(
        (admin.name.as_str(), admin.description.as_str()),
        (ADMIN_ROLE, "Holds every permission")
    );
    assert_eq!(
        (user.name.as_str(), user.description.as_str()),
        (USER_ROLE, "Every account")
    );
    assert!(admin.built_in && user.built_in);
}

/// Every field comes back, whether the role grants much, little or nothing.
pub async fn every_field_of_a_role_comes_back_as_stored(store: SharedStore) {
    let nothing = Role {
        permissions: PermissionSet::new(),
        ..role_named(&format!("n{}", tag()))
    };
    let own = Role {
        description: "ÄÖÜ 👩🏽‍🚀 שלום".to_owned(),
        permissions: [Permission::new("notes:write"), Permission::ROLES_WRITE].into(),
        ..role_named(&format!("o{}", tag()))
    };
    for role in [nothing, own] {
        store.read().roles().insert(&role).await.unwrap();
        assert_eq!(find(&store, &role.name).await, Some(role.clone()));
        assert!(store.read().roles().list().await.unwrap().contains(&role));
    }
}

/// All roles, in the order of their octets.
pub async fn roles_are_listed_sorted_by_the_octets_of_their_names(store: SharedStore) {
    let tag = tag();
    let names: Vec<String> = ["-b", "0", "_a", "a", "b"]
        .iter()
        .map(|end| format!("s{tag}{end}"))
        .collect();
    for name in names.iter().rev() {
        store.read().roles().insert(&role_named(name)).await.unwrap();
    }
    let roles = store.read().roles().list().await.unwrap();
    let ours: Vec<&str> = roles
        .iter()
        .map(|role| role.name.as_str())
        .filter(|name| name.contains(&tag))
        .collect();
    assert_eq!(ours, names);
    assert!(roles.is_sorted_by_key(|role| role.name.clone()));
}

/// One name, one role.
pub async fn a_second_role_with_one_name_is_a_conflict(store: SharedStore) {
    let role = stored_role(&store).await;
    let twin = Role {
        description: "Another".to_owned(),
        ..role.clone()
    };
    let conflict = store.read().roles().insert(&twin).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::ROLES_NAME), "{conflict:?}");
    assert_eq!(find(&store, &role.name).await, Some(role));
}

/// Permissions are replaced as a whole, by the first of two changes only.
pub async fn of_two_role_updates_from_one_version_the_second_is_told_false(store: SharedStore) {
    let role = stored_role(&store).await;
    let changed = |description: &str, permission: Permission| Role {
        description: description.to_owned(),
        permissions: [Permission::AUDIT_READ, permission].into(),
        updated_at: at(5),
        ..role.clone()
    };
    let first = changed("First", Permission::USERS_WRITE);
    let roles = store.read().roles();
    assert!(roles.update(&first).await.unwrap());
    assert!(
        !roles
            .update(&changed("Second", Permission::ROLES_READ))
            .await
            .unwrap()
    );
    let expected = Role {
        version: role.version + 1,
        ..first
    };
    assert_eq!(find(&store, &role.name).await, Some(expected.clone()));
    let emptied = Role {
        permissions: PermissionSet::new(),
        ..expected.clone()
    };
    assert!(roles.update(&emptied).await.unwrap());
    assert!(find(&store, &role.name).await.unwrap().permissions.is_empty());
    assert!(!roles.update(&role_named(&format!("x{}", tag()))).await.unwrap());
}

/// Who held the role holds it no more, and keeps the rest.
pub async fn deleting_a_role_takes_it_from_its_holders(store: SharedStore) {
    let (gone, kept) = (stored_role(&store).await.name, stored_role(&store).await.name);
    let holder = stored_holder(&store, &gone).await;
    store
        .read()
        .users()
        .set_roles(holder.id, &[gone.clone(), kept.clone()])
        .await
        .unwrap();
    assert!(store.read().roles().delete(&gone).await.unwrap());
    assert_eq!(find(&store, &gone).await, None);
    assert_eq!(find_user(&store, holder.id).await.unwrap().roles, [kept]);
    assert!(!store.read().roles().delete(&gone).await.unwrap());
}

/// Names that contain one another are told apart.
pub async fn deleting_a_role_leaves_roles_with_longer_names(store: SharedStore) {
    let short = stored_role(&store).await.name;
    let named = |raw: String| role_named(&raw);
    let longer = [format!("{}-x", short.as_str()), format!("x-{}", short.as_str())].map(named);
    for role in &longer {
        store.read().roles().insert(role).await.unwrap();
    }
    let [after, before] = longer.map(|role| role.name);
    let holder = stored_holder(&store, &short).await;
    let all = [after.clone(), short.clone(), before.clone()];
    store.read().users().set_roles(holder.id, &all).await.unwrap();
    assert!(store.read().roles().delete(&short).await.unwrap());
    assert_eq!(find_user(&store, holder.id).await.unwrap().roles, [after, before]);
}

async fn find(store: &SharedStore, name: &RoleName) -> Option<Role> {
    store.read().roles().find(name).await.unwrap()
}
