//! Lists of users: filters, search and totals.

use mainstay_domain::{PageRequest, User, UserFilter, UserQuery, UserStatus, Username};

use super::fixture::{
    SharedStore, at, email, listed, name, page_of, store_user, stored_role, tag, user, user_named, users_with,
};

/// What is special to LIKE is nothing special in a search.
pub async fn wildcards_and_escapes_in_a_search_are_literal(store: SharedStore) {
    let tag = tag();
    let mut users = Vec::new();
    for middle in [
        "%", "_", "!", "\\", "x", "!%", "!_", "\\%", "\\_", "[x]", "'", "\"",
    ] {
        let text = format!("{tag}{middle}z");
        users.push((store_user(&store, user_named(&text)).await.id, text));
    }
    for (id, text) in users {
        assert_eq!(listed(&store, &users_with(&text)).await, [id], "searching {text}");
    }
}

/// A search may end in an escape character.
pub async fn a_search_that_ends_in_an_escape_is_literal(store: SharedStore) {
    let tag = tag();
    for end in ["\\", "!", "%", "_"] {
        let id = store_user(&store, user_named(&format!("{tag}{end}"))).await.id;
        assert_eq!(
            listed(&store, &users_with(&format!("{tag}{end}"))).await,
            [id],
            "ending in {end}"
        );
    }
}

/// Case is nothing, in any script.
pub async fn a_search_ignores_case_beyond_ascii_too(store: SharedStore) {
    let tag = tag();
    let id = store_user(&store, user_named(&format!("{tag}ÄRGER Жук Σίσυφος")))
        .await
        .id;
    for text in ["ÄRGER", "ärger", "äRg", "ÄRGER жУК", "ärger Жук σίσ"] {
        let text = format!("{tag}{text}");
        assert_eq!(listed(&store, &users_with(&text)).await, [id], "searching {text}");
    }
}

/// A letter with an accent is another letter.
pub async fn a_search_tells_accented_letters_apart(store: SharedStore) {
    let tag = tag();
    let plain = store_user(&store, user_named(&format!("{tag}arger"))).await.id;
    let accented = store_user(&store, user_named(&format!("{tag}ärger"))).await.id;
    assert_eq!(listed(&store, &users_with(&format!("{tag}arg"))).await, [plain]);
    assert_eq!(
        listed(&store, &users_with(&format!("{tag}ärg"))).await,
        [accented]
    );
}

/// Address, user name, first and last name are all searched, and follow their changes.
pub async fn a_search_looks_in_the_address_and_all_names(store: SharedStore) {
    let tag = tag();
    let stored = User {
        email: email(&format!("{tag}m@contract.test")),
        username: Some(Username::parse(&format!("{tag}u")).unwrap()),
        first_name: Some(name(&format!("Eins{tag}f"))),
        last_name: Some(name(&format!("Zwei{tag}l"))),
        ..user()
    };
    let stored = store_user(&store, stored).await;
    for part in ["m@contract", "u", "f", "l"] {
        assert_eq!(
            listed(&store, &users_with(&format!("{tag}{part}"))).await,
            [stored.id]
        );
    }
    let renamed = User {
        last_name: Some(name(&format!("{tag}new"))),
        ..stored.clone()
    };
    assert!(store.read().users().update(&renamed).await.unwrap());
    assert_eq!(
        listed(&store, &users_with(&format!("{tag}NEW"))).await,
        [stored.id]
    );
    assert!(listed(&store, &users_with(&format!("{tag}l"))).await.is_empty());
}

/// Counting costs a scan, so it is done only on request, and then of the whole list.
pub async fn the_total_is_told_only_when_asked_for(store: SharedStore) {
    let tag = tag();
    for _ in 0..3 {
        store_user(&store, user_named(&tag)).await;
    }
    let users = store.read().users();
    let mut query = users_with(&tag);
    query.page = page_of(2);
    let first = users.list(&query).await.unwrap();
    assert_eq!((first.items.len(), first.total), (2, None));
    query.page = PageRequest {
        after: first.next,
        with_total: true,
        ..page_of(2)
    };
    let second = users.list(&query).await.unwrap();
    assert_eq!((second.items.len(), second.total), (1, Some(3)));
    assert_eq!(second.next, None);
}

/// A page that is exactly full is not followed by an empty one.
pub async fn a_list_that_fills_its_page_has_no_next_one(store: SharedStore) {
    let tag = tag();
    for _ in 0..2 {
        store_user(&store, user_named(&tag)).await;
    }
    let query = UserQuery {
        page: page_of(2),
        ..users_with(&tag)
    };
    let page = store.read().users().list(&query).await.unwrap();
    assert_eq!((page.items.len(), page.next), (2, None));
    let none = store
        .read()
        .users()
        .list(&users_with(&format!("{tag}{tag}")))
        .await
        .unwrap();
    assert_eq!((none.items.len(), none.next), (0, None));
}

/// Deleted users are there for who asks for them, and for nobody else.
pub async fn deleted_users_are_listed_only_when_asked_for(store: SharedStore) {
    let tag = tag();
    let mut stored = Vec::new();
    for status in UserStatus::ALL {
        let user = User {
            status,
            deleted_at: (status == UserStatus::Deleted).then(|| at(0)),
            ..user_named(&tag)
        };
        stored.push(store_user(&store, user).await);
    }
    let all = listed(&store, &users_with(&tag)).await;
    assert_eq!(all.len(), 3);
    for user in stored {
        assert_eq!(all.contains(&user.id), user.status != UserStatus::Deleted);
        let mut query = users_with(&tag);
        query.filter.status = Some(user.status);
        assert_eq!(listed(&store, &query).await, [user.id]);
    }
}

/// Conditions narrow the list together; the time of creation is from, inclusive, to, exclusive.
pub async fn every_condition_of_a_list_must_be_met(store: SharedStore) {
    let (tag, role) = (tag(), stored_role(&store).await.name);
    let match_all = User {
        email_verified: true,
        roles: vec![role.clone()],
        created_at: at(10),
        ..user_named(&tag)
    };
    let matching = store_user(&store, match_all.clone()).await;
    for miss in [
        User {
            email_verified: false,
            ..clone_as_new(&match_all)
        },
        User {
            roles: Vec::new(),
            ..clone_as_new(&match_all)
        },
        User {
            created_at: at(9),
            ..clone_as_new(&match_all)
        },
        User {
            created_at: at(20),
            ..clone_as_new(&match_all)
        },
        User {
            status: UserStatus::Disabled,
            ..clone_as_new(&match_all)
        },
    ] {
        store_user(&store, miss).await;
    }
    let mut query = users_with(&tag);
    assert_eq!(listed(&store, &query).await.len(), 6);
    query.filter = UserFilter {
        status: Some(UserStatus::Active),
        role: Some(role),
        email_verified: Some(true),
        created_since: Some(at(10)),
        created_until: Some(at(20)),
        ..query.filter
    };
    query.page.with_total = true;
    let page = store.read().users().list(&query).await.unwrap();
    assert_eq!((page.items, page.total), (vec![matching], Some(1)));
}

fn clone_as_new(original: &User) -> User {
    let fresh = user();
    User {
        id: fresh.id,
        email: fresh.email,
        ..original.clone()
    }
}
