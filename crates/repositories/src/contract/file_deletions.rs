//! Deletions of many files.

use std::sync::Arc;

use mainstay_domain::{
    ApiKeyId, Bucket, BucketId, DeletionStatus, FileDeletion, FileDeletionId, KeyPrefix, ObjectKey, User,
    UserId, UserStatus,
};
use uuid::Uuid;

use super::fixture::{
    SharedStore, at, bucket, count_true, long_ago, origin, page_of, store_user, stored_bucket, stored_user,
    user, user_id,
};
use crate::constraint;

fn deletion_of(owner: UserId, bucket: &Bucket) -> FileDeletion {
    FileDeletion {
        id: FileDeletionId(Uuid::new_v4()),
        bucket_id: bucket.id,
        prefix: KeyPrefix::default(),
        owner,
        api_key_id: None,
        everybody: false,
        origin: origin(),
        status: DeletionStatus::Pending,
        deleted: 0,
        total: None,
        reached: None,
        step: 0,
        created_at: at(0),
        moved_at: at(0),
        finished_at: None,
    }
}

async fn store_deletion(store: &SharedStore, deletion: FileDeletion) -> FileDeletion {
    let deletions = store.read().file_deletions();
    assert!(deletions.insert(&deletion, 100).await.unwrap());
    deletion
}

async fn stored_deletion(store: &SharedStore) -> FileDeletion {
    let (owner, bucket) = (stored_user(store).await.id, stored_bucket(store).await);
    store_deletion(store, deletion_of(owner, &bucket)).await
}

async fn find(store: &SharedStore, id: FileDeletionId) -> Option<FileDeletion> {
    store.read().file_deletions().find(id).await.unwrap()
}

fn key(raw: &str) -> ObjectKey {
    ObjectKey::parse(raw).unwrap()
}

/// With everything and with as little as can be; one for nobody or of nowhere is a conflict.
pub async fn every_field_of_a_deletion_comes_back_as_stored(store: SharedStore) {
    let (owner, known) = (stored_user(&store).await.id, stored_bucket(&store).await);
    let bare = deletion_of(owner, &known);
    let full = FileDeletion {
        id: FileDeletionId(Uuid::new_v4()),
        prefix: KeyPrefix::parse("Ordner/\"ä'\\ %_").unwrap(),
        api_key_id: Some(ApiKeyId(Uuid::new_v4())),
        everybody: true,
        status: DeletionStatus::Done,
        deleted: 1 << 40,
        total: Some(1 << 41),
        reached: Some(key(&"ä".repeat(512))),
        step: 7,
        moved_at: at(5),
        finished_at: Some(at(6)),
        ..bare.clone()
    };
    for deletion in [bare, full] {
        store_deletion(&store, deletion.clone()).await;
        assert_eq!(find(&store, deletion.id).await, Some(deletion));
    }
    assert_eq!(find(&store, FileDeletionId(Uuid::new_v4())).await, None);
    let nowhere = Bucket {
        id: BucketId(Uuid::new_v4()),
        ..bucket()
    };
    for deletion in [deletion_of(user_id(), &known), deletion_of(owner, &nowhere)] {
        let refused = store.read().file_deletions().insert(&deletion, 100).await;
        assert!(refused.unwrap_err().is_conflict(constraint::REFERENCE));
    }
}

/// The limit holds whoever comes at the same time; what has ended makes room.
pub async fn of_concurrent_new_deletions_only_as_many_as_allowed_are_kept(store: SharedStore) {
    let (owner, bucket) = (stored_user(&store).await.id, stored_bucket(&store).await);
    let ended = FileDeletion {
        status: DeletionStatus::Cancelled,
        finished_at: Some(at(1)),
        ..deletion_of(owner, &bucket)
    };
    store_deletion(&store, ended).await;
    let told = count_true(8, || {
        let (store, deletion) = (Arc::clone(&store), deletion_of(owner, &bucket));
        async move { store.read().file_deletions().insert(&deletion, 3).await }
    });
    assert_eq!(told.await, 3);
}

/// Neither those of others nor those of other buckets.
pub async fn deletions_of_an_owner_are_listed_by_bucket_newest_first(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let (bucket, elsewhere) = (stored_bucket(&store).await, stored_bucket(&store).await);
    let mut expected = Vec::new();
    for second in 0..3 {
        let deletion = FileDeletion {
            created_at: at(second),
            ..deletion_of(owner, &bucket)
        };
        expected.insert(0, store_deletion(&store, deletion).await);
    }
    store_deletion(&store, deletion_of(other, &bucket)).await;
    store_deletion(&store, deletion_of(owner, &elsewhere)).await;
    let deletions = store.read().file_deletions();
    let first = deletions.list(owner, Some(bucket.id), &page_of(2)).await.unwrap();
    assert_eq!(first.items, expected[..2]);
    let mut rest = page_of(2);
    rest.after = first.next;
    let rest = deletions.list(owner, Some(bucket.id), &rest).await.unwrap();
    assert_eq!(rest.items, expected[2..]);
    assert_eq!(rest.next, None);
    let everywhere = deletions.list(owner, None, &page_of(10)).await.unwrap();
    assert_eq!(everywhere.items.len(), 4);
}

/// Two workers that both think they have the job do not both count a page.
pub async fn of_ten_concurrent_steps_from_one_place_exactly_one_counts(store: SharedStore) {
    let deletion = stored_deletion(&store).await;
    let told = count_true(10, || {
        let (store, seen) = (Arc::clone(&store), deletion.clone());
        async move {
            let reached = key("b");
            let deletions = store.read().file_deletions();
            deletions.advance(&seen, (3, Some(&reached)), at(9)).await
        }
    });
    assert_eq!(told.await, 1);
    let moved = FileDeletion {
        status: DeletionStatus::Running,
        deleted: 3,
        reached: Some(key("b")),
        step: 1,
        moved_at: at(9),
        ..deletion
    };
    assert_eq!(find(&store, moved.id).await, Some(moved));
}

/// However it ended, it ends once.
pub async fn a_deletion_that_has_ended_goes_no_further(store: SharedStore) {
    let deletion = stored_deletion(&store).await;
    let deletions = store.read().file_deletions();
    let end = async |status, second| deletions.end(deletion.id, status, at(second)).await.unwrap();
    assert!(end(DeletionStatus::Cancelled, 4).await);
    assert!(!end(DeletionStatus::Done, 5).await);
    assert!(!deletions.advance(&deletion, (1, None), at(6)).await.unwrap());
    let cancelled = FileDeletion {
        status: DeletionStatus::Cancelled,
        finished_at: Some(at(4)),
        ..deletion
    };
    assert_eq!(find(&store, cancelled.id).await, Some(cancelled));
}

/// What they belong to does not wait for them.
pub async fn deletions_go_with_their_bucket_and_their_owner(store: SharedStore) {
    let with_bucket = stored_deletion(&store).await;
    let buckets = store.read().buckets();
    assert!(buckets.delete(with_bucket.bucket_id).await.unwrap());
    assert_eq!(find(&store, with_bucket.id).await, None);
    let gone = User {
        status: UserStatus::Deleted,
        deleted_at: Some(long_ago(0)),
        ..user()
    };
    let owner = store_user(&store, gone).await;
    let bucket = stored_bucket(&store).await;
    let with_owner = store_deletion(&store, deletion_of(owner.id, &bucket)).await;
    assert!(store.read().users().purge(owner.id, long_ago(1)).await.unwrap());
    assert_eq!(find(&store, with_owner.id).await, None);
}

/// Those that go on, and those that ended lately, stay.
pub async fn deletions_that_stand_still_fail_and_old_ones_are_purged(store: SharedStore) {
    let (owner, bucket) = (stored_user(&store).await.id, stored_bucket(&store).await);
    let moved = |second| FileDeletion {
        moved_at: long_ago(second),
        ..deletion_of(owner, &bucket)
    };
    let stalled = store_deletion(&store, moved(0)).await;
    let going = store_deletion(&store, moved(10)).await;
    let deletions = store.read().file_deletions();
    deletions.fail_stalled(long_ago(5), long_ago(6)).await.unwrap();
    let failed = find(&store, stalled.id).await.unwrap();
    assert_eq!(
        (failed.status, failed.finished_at),
        (DeletionStatus::Failed, Some(long_ago(6)))
    );
    assert_eq!(find(&store, going.id).await, Some(going.clone()));
    while deletions.purge(long_ago(6), 100).await.unwrap() > 0 {}
    assert!(find(&store, stalled.id).await.is_some());
    while deletions.purge(long_ago(7), 100).await.unwrap() > 0 {}
    assert_eq!(find(&store, stalled.id).await, None);
    assert_eq!(find(&store, going.id).await, Some(going));
}
