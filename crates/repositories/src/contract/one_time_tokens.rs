//! Tokens that work once.

use std::sync::Arc;

use mainstay_domain::{OneTimeToken, Timestamp, TokenPurpose, UserId};
use tokio::sync::Mutex;

use super::fixture::{SharedStore, at, count_true, hash, long_ago, stored_user, user_id};
use crate::constraint;

/// Deleting all tokens of a purpose deletes those of other cases too, so they take turns.
static TURN: Mutex<()> = Mutex::const_new(());

/// A token is told to its first user, whole, and to nobody after.
pub async fn a_one_time_token_is_consumed_only_once(store: SharedStore) {
    let _turn = TURN.lock().await;
    let owner = stored_user(&store).await.id;
    for user_id in [Some(owner), None] {
        let token = stored_token(&store, user_id, at(10)).await;
        assert_eq!(consume(&store, &token, at(9)).await, Some(token.clone()));
        assert_eq!(consume(&store, &token, at(9)).await, None);
    }
    assert_eq!(consume(&store, &token_until(None, at(10)), at(9)).await, None);
}

/// Twenty people with one link.
pub async fn of_twenty_concurrent_consumers_exactly_one_gets_the_token(store: SharedStore) {
    let _turn = TURN.lock().await;
    let token = stored_token(&store, None, at(10)).await;
    let consumed = count_true(20, || {
        let (store, token) = (Arc::clone(&store), token.clone());
        async move {
            let tokens = store.read().one_time_tokens();
            Ok(tokens.consume(&token.hash, token.purpose, at(1)).await?.is_some())
        }
    });
    assert_eq!(consumed.await, 1);
}

/// From the microsecond it expires a token is worth nothing.
pub async fn an_expired_one_time_token_cannot_be_consumed(store: SharedStore) {
    let _turn = TURN.lock().await;
    let token = stored_token(&store, None, at(10)).await;
    assert_eq!(consume(&store, &token, at(10)).await, None);
    assert_eq!(consume(&store, &token, at(11)).await, None);
    assert_eq!(consume(&store, &token, at(9)).await, Some(token));
}

/// A use that is rolled back was none.
pub async fn a_consumption_that_is_rolled_back_leaves_the_token(store: SharedStore) {
    let _turn = TURN.lock().await;
    let token = stored_token(&store, None, at(10)).await;
    let unit = store.begin().await.unwrap();
    let consumed = unit
        .one_time_tokens()
        .consume(&token.hash, token.purpose, at(1))
        .await
        .unwrap();
    assert_eq!(consumed, Some(token.clone()));
    drop(unit);
    assert_eq!(consume(&store, &token, at(1)).await, Some(token));
}

/// A hash is stored once, and for a known user or for nobody.
pub async fn a_token_of_an_unknown_user_or_stored_twice_is_a_conflict(store: SharedStore) {
    let _turn = TURN.lock().await;
    let tokens = store.read().one_time_tokens();
    let stray = tokens
        .insert(&token_until(Some(user_id()), at(10)))
        .await
        .unwrap_err();
    assert!(stray.is_conflict(constraint::REFERENCE), "{stray:?}");
    let token = stored_token(&store, None, at(10)).await;
    let twin = tokens.insert(&token).await.unwrap_err();
    assert!(twin.is_conflict(constraint::OTHER), "{twin:?}");
}

/// The one before is as if it had never been, its tries too.
pub async fn a_replaced_token_begins_anew_in_the_place_of_the_old_one(store: SharedStore) {
    let _turn = TURN.lock().await;
    let tokens = store.read().one_time_tokens();
    let old = stored_token(&store, None, at(10)).await;
    assert!(attempt(&store, &old, 1).await.is_some());
    assert_eq!(consume(&store, &old, at(1)).await.map(|used| used.tries), Some(1));
    let new = OneTimeToken {
        payload: None,
        expires_at: at(20),
        ..old
    };
    tokens.replace(&new).await.unwrap();
    assert_eq!(consume(&store, &new, at(15)).await, Some(new.clone()));
    let first = token_until(None, at(10));
    tokens.replace(&first).await.unwrap();
    assert_eq!(consume(&store, &first, at(1)).await, Some(first));
}

/// Guesses sent in parallel are counted before any of them is judged.
pub async fn of_twenty_concurrent_tries_only_the_allowed_ones_get_the_token(store: SharedStore) {
    let _turn = TURN.lock().await;
    let token = stored_token(&store, None, at(10)).await;
    let got = count_true(20, || {
        let (store, token) = (Arc::clone(&store), token.clone());
        async move { Ok(attempt(&store, &token, 5).await.is_some()) }
    });
    assert_eq!(got.await, 5);
    assert_eq!(
        consume(&store, &token, at(1)).await.map(|used| used.tries),
        Some(5)
    );
    assert_eq!(attempt(&store, &token, 9).await, None);
}

/// A try at what is expired or meant for something else is none.
pub async fn only_a_living_token_of_the_purpose_can_be_tried(store: SharedStore) {
    let _turn = TURN.lock().await;
    let tokens = store.read().one_time_tokens();
    let token = stored_token(&store, None, at(10)).await;
    let (purpose, other) = (token.purpose, TokenPurpose::MfaLogin);
    assert_eq!(tokens.attempt(&token.hash, other, 5, at(1)).await.unwrap(), None);
    assert_eq!(
        tokens.attempt(&token.hash, purpose, 5, at(10)).await.unwrap(),
        None
    );
    assert_eq!(tokens.attempt(&hash(), purpose, 5, at(1)).await.unwrap(), None);
    let tried = attempt(&store, &token, 5).await.map(|tried| tried.tries);
    assert_eq!(tried, Some(1));
}

/// A new link to somebody makes the old ones worthless, and no one else's.
pub async fn deleting_the_tokens_of_a_user_spares_others_and_other_purposes(store: SharedStore) {
    let _turn = TURN.lock().await;
    let (owner, stranger) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let tokens = store.read().one_time_tokens();
    let mine = stored_token(&store, Some(owner), at(10)).await;
    let theirs = stored_token(&store, Some(stranger), at(10)).await;
    let other = OneTimeToken {
        purpose: TokenPurpose::ResetPassword,
        ..token_until(Some(owner), at(10))
    };
    tokens.insert(&other).await.unwrap();
    let deleted = tokens.delete_for_user(owner, mine.purpose).await.unwrap();
    assert_eq!(deleted, 1);
    assert_eq!(consume(&store, &mine, at(1)).await, None);
    assert_eq!(consume(&store, &theirs, at(1)).await, Some(theirs));
    assert_eq!(consume(&store, &other, at(1)).await, Some(other));
}

/// Every purpose has a name that comes back.
pub async fn tokens_of_every_purpose_can_be_stored_and_used(store: SharedStore) {
    let _turn = TURN.lock().await;
    for purpose in TokenPurpose::ALL {
        let token = OneTimeToken {
            purpose: *purpose,
            ..token_until(None, at(10))
        };
        store.read().one_time_tokens().insert(&token).await.unwrap();
        assert_eq!(consume(&store, &token, at(1)).await, Some(token));
    }
}

async fn attempt(store: &SharedStore, token: &OneTimeToken, max_tries: i32) -> Option<OneTimeToken> {
    let tokens = store.read().one_time_tokens();
    tokens
        .attempt(&token.hash, token.purpose, max_tries, at(1))
        .await
        .unwrap()
}

/// Making a new link makes the old ones worthless.
pub async fn deleting_all_tokens_of_a_purpose_spares_none(store: SharedStore) {
    let _turn = TURN.lock().await;
    let tokens = store.read().one_time_tokens();
    tokens.delete_all(TokenPurpose::FirstAdmin).await.unwrap();
    let (first, second) = (
        stored_token(&store, None, at(10)).await,
        stored_token(&store, None, at(10)).await,
    );
    assert_eq!(consume(&store, &first, at(1)).await, Some(first.clone()));
    assert_eq!(tokens.delete_all(TokenPurpose::FirstAdmin).await.unwrap(), 2);
    assert_eq!(consume(&store, &second, at(1)).await, None);
    assert_eq!(tokens.delete_all(TokenPurpose::FirstAdmin).await.unwrap(), 0);
}

/// Only what expired before the time goes, and no more of it than asked.
pub async fn purging_removes_only_tokens_that_expired_long_ago(store: SharedStore) {
    let _turn = TURN.lock().await;
    let kept = stored_token(&store, None, at(10)).await;
    while purge(&store).await > 0 {}
    for second in 0..3 {
        stored_token(&store, None, long_ago(second)).await;
    }
    assert_eq!(
        (purge(&store).await, purge(&store).await, purge(&store).await),
        (2, 1, 0)
    );
    assert_eq!(consume(&store, &kept, at(1)).await, Some(kept));
}

async fn purge(store: &SharedStore) -> u64 {
    store
        .read()
        .one_time_tokens()
        .purge(long_ago(60), 2)
        .await
        .unwrap()
}

async fn consume(store: &SharedStore, token: &OneTimeToken, now: Timestamp) -> Option<OneTimeToken> {
    store
        .read()
        .one_time_tokens()
        .consume(&token.hash, token.purpose, now)
        .await
        .unwrap()
}

async fn stored_token(store: &SharedStore, user_id: Option<UserId>, expires_at: Timestamp) -> OneTimeToken {
    let token = token_until(user_id, expires_at);
    store.read().one_time_tokens().insert(&token).await.unwrap();
    token
}

fn token_until(user_id: Option<UserId>, expires_at: Timestamp) -> OneTimeToken {
    OneTimeToken {
        hash: hash(),
        purpose: TokenPurpose::FirstAdmin,
        user_id,
        created_at: at(0),
        expires_at,
        payload: Some("größer ✓".to_owned()),
        tries: 0,
    }
}
