//! Remembered answers.

use std::sync::Arc;

use mainstay_domain::{IdempotencyRecord, StoredResponse, Timestamp};

use super::fixture::{SharedStore, at, count_true, hash, long_ago};

/// The first request claims its key; the next ones learn of it, then of its answer.
pub async fn a_claimed_key_is_answered_with_its_record(store: SharedStore) {
    let (record, keys) = (record_until(at(100)), store.read().idempotency());
    assert_eq!(keys.claim(&record, at(1)).await.unwrap(), None);
    let second = IdempotencyRecord {
        fingerprint: hash(),
        expires_at: at(200),
        ..record.clone()
    };
    assert_eq!(keys.claim(&second, at(2)).await.unwrap(), Some(record.clone()));
    keys.complete(&record, &response()).await.unwrap();
    let completed = IdempotencyRecord {
        response: Some(response()),
        ..record
    };
    assert_eq!(keys.claim(&second, at(3)).await.unwrap(), Some(completed));
}

/// An answer without headers is remembered as such.
pub async fn an_answer_without_headers_comes_back_without_them(store: SharedStore) {
    let (record, keys) = (record_until(at(100)), store.read().idempotency());
    let bare = StoredResponse {
        status: 204,
        location: None,
        etag: None,
        body: String::new(),
    };
    assert_eq!(keys.claim(&record, at(1)).await.unwrap(), None);
    keys.complete(&record, &bare).await.unwrap();
    let standing = keys.claim(&record, at(2)).await.unwrap().unwrap();
    assert_eq!(standing.response, Some(bare));
}

/// A request that failed may be tried again with its key.
pub async fn a_released_key_can_be_claimed_again(store: SharedStore) {
    let (record, keys) = (record_until(at(100)), store.read().idempotency());
    assert_eq!(keys.claim(&record, at(1)).await.unwrap(), None);
    keys.release(&record).await.unwrap();
    assert_eq!(keys.claim(&record, at(2)).await.unwrap(), None);
}

/// Of two that give back what a dead process left, the second must not give back what the first
/// one has claimed by then; and an answer is never forgotten.
pub async fn only_the_claim_that_holds_a_key_gives_it_back(store: SharedStore) {
    let (dead, keys) = (record_until(at(100)), store.read().idempotency());
    assert_eq!(keys.claim(&dead, at(1)).await.unwrap(), None);
    let next = IdempotencyRecord {
        expires_at: at(200),
        ..dead.clone()
    };
    keys.release(&dead).await.unwrap();
    assert_eq!(keys.claim(&next, at(2)).await.unwrap(), None);
    keys.release(&dead).await.unwrap();
    assert_eq!(keys.claim(&dead, at(3)).await.unwrap(), Some(next.clone()));
    keys.complete(&next, &response()).await.unwrap();
    keys.release(&next).await.unwrap();
    assert!(keys.claim(&dead, at(4)).await.unwrap().is_some());
}

/// Whoever was taken for dead and comes to an end after all answers neither for the one that has
/// taken the key over, nor over its answer.
pub async fn only_the_claim_that_holds_a_key_answers_for_it(store: SharedStore) {
    let (late, keys) = (record_until(at(100)), store.read().idempotency());
    assert_eq!(keys.claim(&late, at(1)).await.unwrap(), None);
    let next = IdempotencyRecord {
        expires_at: at(200),
        ..late.clone()
    };
    keys.release(&late).await.unwrap();
    assert_eq!(keys.claim(&next, at(2)).await.unwrap(), None);
    let other = StoredResponse {
        status: 409,
        ..response()
    };
    keys.complete(&late, &other).await.unwrap();
    assert_eq!(keys.claim(&late, at(3)).await.unwrap(), Some(next.clone()));
    keys.complete(&next, &response()).await.unwrap();
    keys.complete(&late, &other).await.unwrap();
    keys.complete(&next, &other).await.unwrap();
    let standing = keys.claim(&late, at(4)).await.unwrap().unwrap();
    assert_eq!(standing.response, Some(response()), "the first answer stands");
}

/// A record that expired stands against nothing; its answer goes with it.
pub async fn an_expired_key_is_taken_over_with_all_it_holds(store: SharedStore) {
    let (record, keys) = (record_until(at(100)), store.read().idempotency());
    assert_eq!(keys.claim(&record, at(1)).await.unwrap(), None);
    keys.complete(&record, &response()).await.unwrap();
    let next = IdempotencyRecord {
        fingerprint: hash(),
        expires_at: at(200),
        ..record.clone()
    };
    assert!(keys.claim(&next, at(99)).await.unwrap().is_some());
    assert_eq!(keys.claim(&next, at(101)).await.unwrap(), None);
    assert_eq!(keys.claim(&record, at(102)).await.unwrap(), Some(next));
}

/// Twenty times the same request at once.
pub async fn of_concurrent_claims_exactly_one_gets_the_key(store: SharedStore) {
    assert_eq!(claim_at_once(&store, &record_until(at(100)), at(1)).await, 1);
}

/// The same over a record that expired.
pub async fn of_concurrent_takeovers_exactly_one_gets_the_key(store: SharedStore) {
    let expired = record_until(at(100));
    assert_eq!(
        store.read().idempotency().claim(&expired, at(1)).await.unwrap(),
        None
    );
    let next = IdempotencyRecord {
        expires_at: at(300),
        ..expired
    };
    assert_eq!(claim_at_once(&store, &next, at(200)).await, 1);
}

/// Only what expired before the time goes, and no more of it than asked.
pub async fn purging_removes_only_keys_that_expired_long_ago(store: SharedStore) {
    let (kept, keys) = (record_until(at(100)), store.read().idempotency());
    assert_eq!(keys.claim(&kept, at(1)).await.unwrap(), None);
    while keys.purge(long_ago(60), 2).await.unwrap() > 0 {}
    for second in 0..3 {
        assert_eq!(
            keys.claim(&record_until(long_ago(second)), long_ago(0))
                .await
                .unwrap(),
            None
        );
    }
    for expected in [2, 1, 0] {
        assert_eq!(keys.purge(long_ago(60), 2).await.unwrap(), expected);
    }
    assert_eq!(keys.claim(&kept, at(2)).await.unwrap(), Some(kept));
}

async fn claim_at_once(store: &SharedStore, record: &IdempotencyRecord, now: Timestamp) -> usize {
    count_true(20, || {
        let (store, record) = (Arc::clone(store), record.clone());
        async move { Ok(store.read().idempotency().claim(&record, now).await?.is_none()) }
    })
    .await
}

fn record_until(expires_at: Timestamp) -> IdempotencyRecord {
    IdempotencyRecord {
        key: hash(),
        fingerprint: hash(),
        response: None,
        expires_at,
    }
}

fn response() -> StoredResponse {
    StoredResponse {
        status: 201,
        location: Some("/api/v1/users/7".to_owned()),
        etag: Some("\"1\"".to_owned()),
        body: "{\"name\":\"Ä 👩🏽‍🚀 \\u0000\"}".to_owned(),
    }
}
