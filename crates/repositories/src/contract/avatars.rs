//! Avatars.

use std::sync::Arc;

use mainstay_domain::{Avatar, AvatarId, BlobId, MediaType, User, UserId, UserStatus};
use uuid::Uuid;

use super::fixture::{SharedStore, at, count_true, long_ago, store_user, stored_user, user, user_id};
use crate::constraint;

fn avatar_of(user_id: UserId) -> Avatar {
    Avatar {
        id: AvatarId(Uuid::new_v4()),
        user_id,
        blob: BlobId(Uuid::new_v4()),
        media_type: MediaType::parse("image/jpeg").unwrap(),
        lengths: [1, 5 << 40, 3, 0],
        created_at: at(7),
    }
}

async fn stored_avatar(store: &SharedStore) -> Avatar {
    let avatar = avatar_of(stored_user(store).await.id);
    store.read().avatars().insert(&avatar).await.unwrap();
    avatar
}

/// By its id and by whose it is.
pub async fn every_field_of_an_avatar_comes_back_as_stored(store: SharedStore) {
    let (avatar, other) = (stored_avatar(&store).await, stored_avatar(&store).await);
    let avatars = store.read().avatars();
    assert_eq!(avatars.find(avatar.id).await.unwrap(), Some(avatar.clone()));
    assert_eq!(avatars.find_of(other.user_id).await.unwrap(), Some(other));
    assert_eq!(avatars.find(AvatarId(Uuid::new_v4())).await.unwrap(), None);
    assert_eq!(avatars.find_of(user_id()).await.unwrap(), None);
}

/// Another one takes its place only when it has gone.
pub async fn a_user_has_no_more_than_one_avatar(store: SharedStore) {
    let first = stored_avatar(&store).await;
    let second = avatar_of(first.user_id);
    let avatars = store.read().avatars();
    let conflict = avatars.insert(&second).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::AVATARS_USER), "{conflict:?}");
    assert!(avatars.delete(first.id).await.unwrap());
    avatars.insert(&second).await.unwrap();
    assert_eq!(avatars.find_of(first.user_id).await.unwrap(), Some(second));
    assert_eq!(avatars.find(first.id).await.unwrap(), None);
}

/// Nobody has none.
pub async fn an_avatar_of_an_unknown_user_is_a_conflict(store: SharedStore) {
    let avatars = store.read().avatars();
    let conflict = avatars.insert(&avatar_of(user_id())).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
}

/// Whoever comes second gives no octets up that another has given up already.
pub async fn of_ten_concurrent_calls_exactly_one_deletes_an_avatar(store: SharedStore) {
    let avatar = stored_avatar(&store).await;
    let told = count_true(10, || {
        let (store, id) = (Arc::clone(&store), avatar.id);
        async move { store.read().avatars().delete(id).await }
    });
    assert_eq!(told.await, 1);
}

/// What belongs to nobody any more is not kept.
pub async fn an_avatar_goes_with_its_user(store: SharedStore) {
    let gone = User {
        status: UserStatus::Deleted,
        deleted_at: Some(long_ago(0)),
        ..user()
    };
    let owner = store_user(&store, gone).await;
    let avatar = avatar_of(owner.id);
    store.read().avatars().insert(&avatar).await.unwrap();
    assert!(store.read().users().purge(owner.id, long_ago(1)).await.unwrap());
    assert_eq!(store.read().avatars().find(avatar.id).await.unwrap(), None);
}
