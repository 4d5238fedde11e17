//! Pages of users: stable whatever happens between them.

use std::collections::BTreeSet;

use mainstay_domain::{Position, SortValue, User, UserId, UserQuery, UserSort};

use super::fixture::{SharedStore, at, email, page_of, store_user, tag, user, user_named, users_with};

/// By time of creation, with ties.
pub async fn paging_by_creation_shows_every_user_exactly_once(store: SharedStore) {
    pages_are_stable(&store, UserSort::CreatedAt).await;
}

/// By time of the last change, with ties.
pub async fn paging_by_change_shows_every_user_exactly_once(store: SharedStore) {
    pages_are_stable(&store, UserSort::UpdatedAt).await;
}

/// By address.
pub async fn paging_by_address_shows_every_user_exactly_once(store: SharedStore) {
    pages_are_stable(&store, UserSort::Email).await;
}

/// By last login, with ties and users who never logged in.
pub async fn paging_by_login_shows_every_user_exactly_once(store: SharedStore) {
    pages_are_stable(&store, UserSort::LastLoginAt).await;
}

/// Addresses sort by their octets, not by anybody's alphabet.
pub async fn users_sort_by_the_octets_of_their_address(store: SharedStore) {
    let tag = tag();
    // In ascending order of octets; U+FF41 and U+10428 swap places in UTF-16.
    let endings = [
        "+b", "-a", ".b", "0", "_c", "a", "b", "z", "{a", "~a", "ß", "ä", "ж", "ａ", "𐐨",
    ];
    let mut expected = Vec::new();
    for ending in endings {
        let stored = User {
            email: email(&format!("{tag}{ending}@contract.test")),
            ..user()
        };
        expected.push(store_user(&store, stored).await.id);
    }
    let query = UserQuery {
        sort: UserSort::Email,
        page: page_of(4),
        ..users_with(&tag)
    };
    assert_eq!(all_pages(&store, query.clone()).await, expected);
    expected.reverse();
    let backwards = UserQuery {
        descending: true,
        ..query
    };
    assert_eq!(all_pages(&store, backwards).await, expected);
}

async fn all_pages(store: &SharedStore, mut query: UserQuery) -> Vec<UserId> {
    let mut ids = Vec::new();
    loop {
        let page = store.read().users().list(&query).await.unwrap();
        ids.extend(page.items.iter().map(|user| user.id));
        if page.next.is_none() {
            return ids;
        }
        query.page.after = page.next;
    }
}

async fn pages_are_stable(store: &SharedStore, sort: UserSort) {
    for descending in [false, true] {
        let tag = tag();
        let mut originals = BTreeSet::new();
        for number in 0..7 {
            originals.insert(store_user(store, numbered(&tag, number)).await.id);
        }
        let query = UserQuery {
            sort,
            descending,
            page: page_of(2),
            ..users_with(&tag)
        };
        let seen = walk_while_users_come(store, query, &tag).await;
        let ids: BTreeSet<UserId> = seen.iter().map(|user| user.id).collect();
        assert_eq!(ids.len(), seen.len(), "a user was shown twice");
        assert!(ids.is_superset(&originals), "a user was not shown");
        assert_in_order(&seen, sort, descending);
    }
}

/// Reads page after page; for the first few, a user comes at every place of the list between.
async fn walk_while_users_come(store: &SharedStore, mut query: UserQuery, tag: &str) -> Vec<User> {
    let mut seen = Vec::new();
    for round in 0..50 {
        let page = store.read().users().list(&query).await.unwrap();
        seen.extend(page.items);
        if page.next.is_none() {
            return seen;
        }
        query.page.after = page.next;
        if round < 3 {
            for number in [0, 3, 6] {
                store_user(store, numbered(tag, number)).await;
            }
        }
    }
    panic!("the list does not end");
}

/// Users with neighbouring numbers tie in every column but the address.
fn numbered(tag: &str, number: i64) -> User {
    let second = number / 3;
    let unique = super::fixture::tag();
    User {
        email: email(&format!("{number}.{unique}@contract.test")),
        created_at: at(second),
        updated_at: at(second),
        last_login_at: (second > 0).then(|| at(second)),
        ..user_named(tag)
    }
}

fn assert_in_order(seen: &[User], sort: UserSort, descending: bool) {
    for pair in seen.windows(2) {
        let (a, b) = (
            order_key(sort.position(&pair[0])),
            order_key(sort.position(&pair[1])),
        );
        assert!(if descending { a > b } else { a < b }, "{a:?} before {b:?}");
    }
}

fn order_key(position: Position) -> (i64, String, [u8; 16]) {
    let id = position.id.into_bytes();
    match position.value {
        SortValue::Micros(micros) => (micros, String::new(), id),
        SortValue::Text(text) => (0, text, id),
    }
}
