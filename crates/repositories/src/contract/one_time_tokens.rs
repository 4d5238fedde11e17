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
    }
}
