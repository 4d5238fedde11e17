//! Counters that slow guesses down.

use std::sync::Arc;

use mainstay_domain::{ThrottleState, Timestamp};

use super::fixture::{SharedStore, at, count_true, long_ago, tag};

/// The first try and those after it, each from the state before.
pub async fn a_throttle_advances_only_from_the_expected_state(store: SharedStore) {
    let (key, throttles) = (tag(), store.read().throttles());
    assert_eq!(throttles.find(&key).await.unwrap(), None);
    assert!(
        !throttles
            .advance(&key, Some(tries(1, at(1))), &tries(2, at(2)))
            .await
            .unwrap()
    );
    assert_eq!(throttles.find(&key).await.unwrap(), None);
    assert!(throttles.advance(&key, None, &tries(1, at(1))).await.unwrap());
    assert!(!throttles.advance(&key, None, &tries(9, at(9))).await.unwrap());
    for stale in [tries(2, at(1)), tries(1, at(2))] {
        assert!(
            !throttles
                .advance(&key, Some(stale), &tries(9, at(9)))
                .await
                .unwrap()
        );
    }
    assert_eq!(throttles.find(&key).await.unwrap(), Some(tries(1, at(1))));
    assert!(
        throttles
            .advance(&key, Some(tries(1, at(1))), &tries(2, at(2)))
            .await
            .unwrap()
    );
    assert_eq!(throttles.find(&key).await.unwrap(), Some(tries(2, at(2))));
}

/// The guard is the count and the time of the last try, not the delay.
pub async fn a_throttle_compares_by_count_and_time_of_last_try(store: SharedStore) {
    let (key, throttles) = (tag(), store.read().throttles());
    assert!(throttles.advance(&key, None, &tries(1, at(1))).await.unwrap());
    let same_guard = ThrottleState {
        next_at: at(500),
        ..tries(1, at(1))
    };
    assert!(
        throttles
            .advance(&key, Some(same_guard), &tries(2, at(2)))
            .await
            .unwrap()
    );
}

/// Twenty first guesses at once are one.
pub async fn of_concurrent_first_tries_exactly_one_is_counted(store: SharedStore) {
    assert_eq!(advance_at_once(&store, &tag(), None).await, 1);
}

/// Twenty further guesses at once are one.
pub async fn of_concurrent_further_tries_exactly_one_is_counted(store: SharedStore) {
    let (key, first) = (tag(), tries(1, at(0)));
    assert!(
        store
            .read()
            .throttles()
            .advance(&key, None, &first)
            .await
            .unwrap()
    );
    assert_eq!(advance_at_once(&store, &key, Some(first)).await, 1);
}

/// A success wipes the slate clean.
pub async fn a_cleared_throttle_begins_from_nothing(store: SharedStore) {
    let (key, throttles) = (tag(), store.read().throttles());
    throttles.clear(&key).await.unwrap();
    assert!(throttles.advance(&key, None, &tries(1, at(1))).await.unwrap());
    throttles.clear(&key).await.unwrap();
    assert_eq!(throttles.find(&key).await.unwrap(), None);
    assert!(throttles.advance(&key, None, &tries(1, at(1))).await.unwrap());
}

/// Keys are octets: case counts, and the longest allowed key is kept whole.
pub async fn throttle_keys_are_compared_by_their_octets(store: SharedStore) {
    let (tag, throttles) = (tag(), store.read().throttles());
    let long = format!("{:x<100}", format!("{tag}:long"));
    for key in [format!("{tag}:a"), format!("{tag}:A"), format!("{tag}:a "), long] {
        assert!(
            throttles.advance(&key, None, &tries(1, at(1))).await.unwrap(),
            "{key:?}"
        );
        assert_eq!(throttles.find(&key).await.unwrap(), Some(tries(1, at(1))));
    }
}

/// Only what rested since before the time goes, and no more of it than asked.
pub async fn purging_removes_only_throttles_that_rest_since_long_ago(store: SharedStore) {
    let (kept, throttles) = (tag(), store.read().throttles());
    assert!(throttles.advance(&kept, None, &tries(1, at(1))).await.unwrap());
    while throttles.purge(long_ago(60), 2).await.unwrap() > 0 {}
    for second in 0..3 {
        assert!(
            throttles
                .advance(&tag(), None, &tries(1, long_ago(second)))
                .await
                .unwrap()
        );
    }
    for expected in [2, 1, 0] {
        assert_eq!(throttles.purge(long_ago(60), 2).await.unwrap(), expected);
    }
    assert_eq!(throttles.find(&kept).await.unwrap(), Some(tries(1, at(1))));
}

fn tries(tries: i32, last_at: Timestamp) -> ThrottleState {
    ThrottleState {
        tries,
        next_at: at(100),
        last_at,
    }
}

async fn advance_at_once(store: &SharedStore, key: &str, expected: Option<ThrottleState>) -> usize {
    count_true(20, || {
        let (store, key) = (Arc::clone(store), key.to_owned());
        async move {
            store
                .read()
                .throttles()
                .advance(&key, expected, &tries(2, at(2)))
                .await
        }
    })
    .await
}
