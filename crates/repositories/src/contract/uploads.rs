//! Files that come in parts.

use std::sync::Arc;

use mainstay_domain::{
    BlobId, Bucket, BucketId, DirectUpload, FileMetadata, MediaType, ObjectKey, ResumableUpload, Sha256,
    Timestamp, UploadId, UploadPart, User, UserId, UserStatus,
};
use uuid::Uuid;

use super::fixture::{
    SharedStore, at, bucket, count_true, hash, long_ago, page_of, store_user, stored_bucket, stored_user,
    user, user_id,
};
use crate::{UploadAdmission, UploadBounds, constraint};

fn upload_of(owner: UserId, bucket: &Bucket) -> ResumableUpload {
    ResumableUpload {
        id: UploadId(Uuid::new_v4()),
        bucket_id: bucket.id,
        key: ObjectKey::parse("Ordner/\"ä'\\ %_.pdf").unwrap(),
        owner,
        length: 5 << 40,
        received: 0,
        declared_type: None,
        metadata: FileMetadata::new(),
        sha256: None,
        announced: String::new(),
        direct: None,
        finished: false,
        created_at: at(0),
        expires_at: at(1_000),
    }
}

fn at_most(uploads: u32) -> UploadBounds {
    UploadBounds {
        uploads,
        octets: None,
    }
}

/// Tells whether it was kept.
async fn insert(store: &SharedStore, upload: &ResumableUpload, bounds: UploadBounds) -> crate::Result<bool> {
    let admission = store.read().uploads().insert(upload, bounds).await?;
    Ok(admission == UploadAdmission::Kept)
}

async fn store_upload(store: &SharedStore, upload: ResumableUpload) -> ResumableUpload {
    assert!(insert(store, &upload, at_most(100)).await.unwrap());
    upload
}

async fn stored_upload(store: &SharedStore) -> ResumableUpload {
    let (owner, bucket) = (stored_user(store).await.id, stored_bucket(store).await);
    store_upload(store, upload_of(owner, &bucket)).await
}

async fn find(store: &SharedStore, id: UploadId) -> Option<ResumableUpload> {
    store.read().uploads().find(id).await.unwrap()
}

fn part(start: i64, size: i64) -> UploadPart {
    UploadPart {
        blob: BlobId(Uuid::new_v4()),
        start,
        size,
    }
}

/// With everything and with as little as can be.
pub async fn every_field_of_an_upload_comes_back_as_stored(store: SharedStore) {
    let (owner, bucket) = (stored_user(&store).await.id, stored_bucket(&store).await);
    let bare = upload_of(owner, &bucket);
    let full = ResumableUpload {
        id: UploadId(Uuid::new_v4()),
        received: 7,
        declared_type: Some(MediaType::parse("image/png").unwrap()),
        metadata: FileMetadata::from([("camera".to_owned(), "Käse \"📷\"".to_owned())]),
        sha256: Some(Sha256(hash().0)),
        announced: "filename d29ybGQ=,is_confidential".to_owned(),
        finished: true,
        ..bare.clone()
    };
    let direct = |only_new, only_over| ResumableUpload {
        id: UploadId(Uuid::new_v4()),
        direct: Some(DirectUpload {
            staging: BlobId(Uuid::new_v4()),
            only_new,
            only_over,
        }),
        ..bare.clone()
    };
    let (new, over) = (direct(true, None), direct(false, Some(Sha256(hash().0))));
    for upload in [bare, full, new, over] {
        store_upload(&store, upload.clone()).await;
        assert_eq!(find(&store, upload.id).await, Some(upload));
    }
    assert_eq!(find(&store, UploadId(Uuid::new_v4())).await, None);
}

/// Nobody's upload is nobody's, and one to nowhere is none.
pub async fn an_upload_of_an_unknown_user_or_bucket_is_a_conflict(store: SharedStore) {
    let (owner, known) = (stored_user(&store).await.id, stored_bucket(&store).await);
    let nowhere = Bucket {
        id: BucketId(Uuid::new_v4()),
        ..bucket()
    };
    for upload in [upload_of(user_id(), &known), upload_of(owner, &nowhere)] {
        let conflict = insert(&store, &upload, at_most(100)).await.unwrap_err();
        assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
    }
}

/// The limit holds whoever comes at the same time.
pub async fn of_concurrent_new_uploads_only_as_many_as_allowed_are_kept(store: SharedStore) {
    let (owner, bucket) = (stored_user(&store).await.id, stored_bucket(&store).await);
    let told = count_true(8, || {
        let (store, upload) = (Arc::clone(&store), upload_of(owner, &bucket));
        async move { insert(&store, &upload, at_most(3)).await }
    });
    assert_eq!(told.await, 3);
}

/// Only what is under way counts, and only one's own.
pub async fn finished_and_expired_uploads_make_room_for_others(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let bucket = stored_bucket(&store).await;
    let insert = async |upload: ResumableUpload| insert(&store, &upload, at_most(1)).await.unwrap();
    assert!(insert(upload_of(other, &bucket)).await);
    let first = upload_of(owner, &bucket);
    assert!(insert(first.clone()).await);
    assert!(!insert(upload_of(owner, &bucket)).await);
    assert!(store.read().uploads().finish(first.id).await.unwrap());
    assert!(insert(upload_of(owner, &bucket)).await);
    let later = |created_at: Timestamp| ResumableUpload {
        created_at,
        expires_at: at(9_000),
        ..upload_of(owner, &bucket)
    };
    assert!(!insert(later(at(999))).await);
    assert!(insert(later(at(1_000))).await);
}

/// Only those into the same bucket count, and only one's own.
pub async fn of_concurrent_new_uploads_only_as_many_octets_as_allowed_are_announced(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let (bucket, elsewhere) = (stored_bucket(&store).await, stored_bucket(&store).await);
    let bounds = UploadBounds {
        uploads: 100,
        octets: Some(35),
    };
    let of_ten = |owner, bucket: &Bucket| ResumableUpload {
        length: 10,
        ..upload_of(owner, bucket)
    };
    let kept = count_true(8, || {
        let (store, upload) = (Arc::clone(&store), of_ten(owner, &bucket));
        async move { insert(&store, &upload, bounds).await }
    });
    assert_eq!(kept.await, 3);
    let refused = of_ten(owner, &bucket);
    let told = store.read().uploads().insert(&refused, bounds).await;
    assert_eq!(told.unwrap(), UploadAdmission::TooLarge);
    for free in [of_ten(other, &bucket), of_ten(owner, &elsewhere)] {
        assert!(insert(&store, &free, bounds).await.unwrap());
    }
}

/// Those of others are not among them.
pub async fn uploads_of_an_owner_are_listed_newest_first(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await.id, stored_user(&store).await.id);
    let bucket = stored_bucket(&store).await;
    let mut expected = Vec::new();
    for second in 0..3 {
        let upload = ResumableUpload {
            created_at: at(second),
            ..upload_of(owner, &bucket)
        };
        expected.insert(0, store_upload(&store, upload).await);
    }
    store_upload(&store, upload_of(other, &bucket)).await;
    let uploads = store.read().uploads();
    let first = uploads.list(owner, &page_of(2)).await.unwrap();
    assert_eq!(first.items, expected[..2]);
    let mut rest = page_of(2);
    rest.after = first.next;
    assert_eq!(uploads.list(owner, &rest).await.unwrap().items, expected[2..]);
}

/// Nothing overlaps and nothing is left out.
pub async fn parts_are_appended_only_where_the_last_one_ended(store: SharedStore) {
    let upload = stored_upload(&store).await;
    let uploads = store.read().uploads();
    let (first, second) = (part(0, 1 << 40), part(1 << 40, 5));
    assert!(!uploads.append(upload.id, &second).await.unwrap());
    assert!(uploads.append(upload.id, &first).await.unwrap());
    assert!(!uploads.append(upload.id, &part(0, 3)).await.unwrap());
    assert!(uploads.append(upload.id, &second).await.unwrap());
    assert_eq!(uploads.parts(upload.id).await.unwrap(), [first, second]);
    assert_eq!(find(&store, upload.id).await.unwrap().received, (1 << 40) + 5);
    assert!(uploads.finish(upload.id).await.unwrap());
    assert!(!uploads.append(upload.id, &part(5 << 40, 1)).await.unwrap());
}

/// Two requests that resume at one place do not both count.
pub async fn of_twenty_concurrent_parts_at_one_place_exactly_one_is_kept(store: SharedStore) {
    let upload = stored_upload(&store).await;
    let kept = count_true(20, || {
        let (store, id) = (Arc::clone(&store), upload.id);
        async move { store.read().uploads().append(id, &part(0, 10)).await }
    });
    assert_eq!(kept.await, 1);
    assert_eq!(store.read().uploads().parts(upload.id).await.unwrap().len(), 1);
    assert_eq!(find(&store, upload.id).await.unwrap().received, 10);
}

/// An upload becomes one file, and then all of it counts as received.
pub async fn of_ten_concurrent_calls_exactly_one_finishes_an_upload(store: SharedStore) {
    let upload = stored_upload(&store).await;
    let told = count_true(10, || {
        let (store, id) = (Arc::clone(&store), upload.id);
        async move { store.read().uploads().finish(id).await }
    });
    assert_eq!(told.await, 1);
    let finished = ResumableUpload {
        finished: true,
        received: upload.length,
        ..upload
    };
    assert_eq!(find(&store, finished.id).await, Some(finished));
}

/// Whoever knows the id only is told that there is none.
pub async fn only_the_owner_deletes_an_upload_and_its_parts_go_with_it(store: SharedStore) {
    let (upload, other) = (stored_upload(&store).await, stored_upload(&store).await);
    let uploads = store.read().uploads();
    for id in [upload.id, other.id] {
        assert!(uploads.append(id, &part(0, 1)).await.unwrap());
    }
    assert!(!uploads.delete(upload.id, other.owner).await.unwrap());
    assert!(uploads.delete(upload.id, upload.owner).await.unwrap());
    assert!(!uploads.delete(upload.id, upload.owner).await.unwrap());
    assert_eq!(find(&store, upload.id).await, None);
    assert!(uploads.parts(upload.id).await.unwrap().is_empty());
    assert_eq!(uploads.parts(other.id).await.unwrap().len(), 1);
}

/// What they belong to does not wait for them.
pub async fn uploads_go_with_their_bucket_and_their_owner(store: SharedStore) {
    let with_bucket = stored_upload(&store).await;
    let uploads = store.read().uploads();
    assert!(uploads.append(with_bucket.id, &part(0, 1)).await.unwrap());
    assert!(
        store
            .read()
            .buckets()
            .delete(with_bucket.bucket_id)
            .await
            .unwrap()
    );
    assert_eq!(find(&store, with_bucket.id).await, None);
    assert!(uploads.parts(with_bucket.id).await.unwrap().is_empty());
    let gone = User {
        status: UserStatus::Deleted,
        deleted_at: Some(long_ago(0)),
        ..user()
    };
    let owner = store_user(&store, gone).await;
    let bucket = stored_bucket(&store).await;
    let with_owner = store_upload(&store, upload_of(owner.id, &bucket)).await;
    assert!(store.read().users().purge(owner.id, long_ago(1)).await.unwrap());
    assert_eq!(find(&store, with_owner.id).await, None);
}

/// Those that can still be resumed stay.
pub async fn only_uploads_that_expired_are_purged(store: SharedStore) {
    let (owner, bucket) = (stored_user(&store).await.id, stored_bucket(&store).await);
    let expired = |second| ResumableUpload {
        expires_at: long_ago(second),
        ..upload_of(owner, &bucket)
    };
    let (stale, fresh) = (expired(0), expired(10));
    for upload in [&stale, &fresh] {
        store_upload(&store, upload.clone()).await;
    }
    let uploads = store.read().uploads();
    assert!(uploads.append(stale.id, &part(0, 1)).await.unwrap());
    while uploads.purge(long_ago(5), 100).await.unwrap() > 0 {}
    assert_eq!(find(&store, stale.id).await, None);
    assert!(uploads.parts(stale.id).await.unwrap().is_empty());
    assert_eq!(find(&store, fresh.id).await, Some(fresh));
}
