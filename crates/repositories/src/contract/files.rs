//! Files.

use std::sync::Arc;

use mainstay_domain::{
    BlobId, Bucket, File, FileMetadata, FileStatus, MediaType, ObjectKey, Sha256, Usage, User, UserStatus,
};
use uuid::Uuid;

use super::fixture::{
    SharedStore, at, bucket, count_true, file, long_ago, page_of, store_file, store_user, stored_bucket,
    stored_user, user,
};
use crate::constraint;

async fn find(store: &SharedStore, file: &File) -> Option<File> {
    store.read().files().find_by_id(file.id).await.unwrap()
}

fn full(bucket: &Bucket, owner: &User) -> File {
    let metadata = [("camera", "Käse \"📷\" \\ 50 %"), ("x.y-z_0", "")];
    let metadata = metadata.map(|(name, value)| (name.to_owned(), value.to_owned()));
    File {
        owner: Some(owner.id),
        size: 5 << 40,
        media_type: MediaType::parse("image/png").unwrap(),
        declared_type: Some(MediaType::parse("text/html").unwrap()),
        sha256: Sha256([0xff; 32]),
        metadata: FileMetadata::from(metadata),
        status: FileStatus::Unscanned,
        version: 3,
        updated_at: at(9),
        ..file(bucket, "Ordner/\u{202e}\"ä'\\ %_.pdf")
    }
}

/// Nothing is lost on the way to the store and back.
pub async fn every_field_of_a_file_comes_back_as_stored(store: SharedStore) {
    let (bucket, owner) = (stored_bucket(&store).await, stored_user(&store).await);
    for stored in [full(&bucket, &owner), file(&bucket, "bare")] {
        store_file(&store, stored.clone()).await;
        assert_eq!(find(&store, &stored).await, Some(stored.clone()));
        let by_key = store.read().files().find(bucket.id, &stored.key).await.unwrap();
        assert_eq!(by_key, Some(stored));
    }
}

/// 1,024 octets fit, whatever they spell, and the last one counts.
pub async fn the_longest_key_comes_back_and_is_found(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let stem = "𐐨".repeat(255);
    for ending in ["abcd", "abce"] {
        let stored = store_file(&store, file(&bucket, &format!("{stem}{ending}"))).await;
        let found = store.read().files().find(bucket.id, &stored.key).await.unwrap();
        assert_eq!(found, Some(stored));
    }
}

/// No engine folds cases, accents or spaces at the end.
pub async fn keys_are_told_apart_by_their_octets(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let keys = ["a", "A", "ä", "a\u{308}", "a ", "a  ", "ａ", "ß", "ss"];
    for key in keys {
        store_file(&store, file(&bucket, key)).await;
    }
    for key in keys {
        let key = ObjectKey::parse(key).unwrap();
        let found = store.read().files().find(bucket.id, &key).await.unwrap();
        assert_eq!(found.map(|found| found.key), Some(key));
    }
}

/// A key stands for one file of a bucket, and for others in other buckets.
pub async fn a_second_file_with_one_key_is_a_conflict(store: SharedStore) {
    let (bucket, other) = (stored_bucket(&store).await, stored_bucket(&store).await);
    store_file(&store, file(&bucket, "a/b")).await;
    store_file(&store, file(&other, "a/b")).await;
    let again = store.read().files().insert(&file(&bucket, "a/b")).await;
    let conflict = again.unwrap_err();
    assert!(conflict.is_conflict(constraint::FILES_KEY), "{conflict:?}");
}

/// A bucket that is gone takes no files any more.
pub async fn a_file_in_an_unknown_bucket_is_a_conflict(store: SharedStore) {
    let stray = file(&bucket(), "a");
    let conflict = store.read().files().insert(&stray).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
}

/// What `If-None-Match: *` stands on.
pub async fn of_ten_concurrent_files_with_one_key_exactly_one_is_kept(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let kept = count_true(10, || {
        let (store, file) = (Arc::clone(&store), file(&bucket, "one"));
        async move {
            match store.read().files().insert(&file).await {
                Err(error) if error.is_conflict(constraint::FILES_KEY) => Ok(false),
                inserted => inserted.map(|()| true),
            }
        }
    })
    .await;
    assert_eq!(kept, 1);
}

/// Owner and creation stay, everything else is written.
pub async fn of_two_file_updates_from_one_version_the_second_is_told_false(store: SharedStore) {
    let (bucket, other) = (stored_bucket(&store).await, stored_bucket(&store).await);
    let (owner, eve) = (stored_user(&store).await, stored_user(&store).await);
    let read = store_file(&store, full(&bucket, &owner)).await;
    let written = File {
        id: read.id,
        owner: Some(eve.id),
        version: read.version,
        blob: BlobId(Uuid::new_v4()),
        created_at: at(77),
        ..file(&other, "elsewhere")
    };
    assert!(store.read().files().update(&written).await.unwrap());
    assert!(!store.read().files().update(&read).await.unwrap());
    let expected = File {
        owner: read.owner,
        created_at: read.created_at,
        version: 4,
        ..written
    };
    assert_eq!(find(&store, &read).await, Some(expected));
}

/// Nothing is overwritten by being moved onto.
pub async fn moving_a_file_to_a_taken_key_is_a_conflict(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let taken = store_file(&store, file(&bucket, "taken")).await;
    let moved = store_file(&store, file(&bucket, "moved")).await;
    let onto = File {
        key: taken.key.clone(),
        ..moved
    };
    let conflict = store.read().files().update(&onto).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::FILES_KEY), "{conflict:?}");
}

/// What was written meanwhile is not thrown away unseen.
pub async fn a_file_is_deleted_only_in_the_version_that_was_read(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let read = store_file(&store, file(&bucket, "a")).await;
    assert!(store.read().files().update(&read).await.unwrap());
    assert!(!store.read().files().delete(&read).await.unwrap());
    let now = find(&store, &read).await.unwrap();
    assert!(store.read().files().delete(&now).await.unwrap());
    assert!(!store.read().files().delete(&now).await.unwrap());
    assert_eq!(find(&store, &read).await, None);
}

/// Octets are not lost track of.
pub async fn a_file_stays_without_owner_when_its_owner_is_purged(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let gone = User {
        status: UserStatus::Deleted,
        deleted_at: Some(long_ago(0)),
        ..user()
    };
    let owner = store_user(&store, gone).await;
    let stored = store_file(&store, full(&bucket, &owner)).await;
    assert!(store.read().users().purge(owner.id, long_ago(1)).await.unwrap());
    let expected = File {
        owner: None,
        ..stored.clone()
    };
    assert_eq!(find(&store, &stored).await, Some(expected));
}

/// Each exactly once.
pub async fn files_of_an_owner_are_listed_in_pages_over_all_buckets(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await, stored_user(&store).await);
    let mut owned = Vec::new();
    for _ in 0..3 {
        let bucket = stored_bucket(&store).await;
        for key in ["a", "b"] {
            let own = File {
                owner: Some(owner.id),
                ..file(&bucket, key)
            };
            owned.push(store_file(&store, own).await.id);
        }
        store_file(&store, full(&bucket, &other)).await;
    }
    owned.sort();
    let (mut page, mut seen) = (page_of(4), Vec::new());
    loop {
        let found = store.read().files().list_owned(owner.id, &page).await.unwrap();
        seen.extend(found.items.iter().map(|file| file.id));
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, owned);
}

/// Whosever they are and wherever they lie; those of other cases come in between.
pub async fn all_files_are_walked_by_id_in_pages(store: SharedStore) {
    let (first, second) = (stored_bucket(&store).await, stored_bucket(&store).await);
    let mut own = Vec::new();
    for (bucket, key) in [(&first, "a"), (&second, "a"), (&first, "b")] {
        own.push(store_file(&store, file(bucket, key)).await);
    }
    own.sort_by_key(|file| file.id);
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let found = store.read().files().walk(after, 1_000).await.unwrap();
        assert!(found.is_sorted_by_key(|file| file.id));
        after = found.last().map(|file| file.id);
        if after.is_none() {
            break;
        }
        seen.extend(found.into_iter().filter(|found| own.contains(found)));
    }
    assert_eq!(seen, own);
}

/// In one bucket or in all, and nothing for whoever keeps nothing.
pub async fn usage_is_summed_by_owner_and_bucket(store: SharedStore) {
    let (owner, other) = (stored_user(&store).await, stored_user(&store).await);
    let (first, second) = (stored_bucket(&store).await, stored_bucket(&store).await);
    for (bucket, key, size, owner) in [
        (&first, "a", 1 << 40, &owner),
        (&first, "b", 2, &owner),
        (&second, "a", 4, &owner),
        (&second, "b", 8, &other),
    ] {
        let kept = File {
            size,
            owner: Some(owner.id),
            ..file(bucket, key)
        };
        store_file(&store, kept).await;
    }
    let usage = async |bucket| store.read().files().usage(owner.id, bucket).await.unwrap();
    let sum = |size, files| Usage { size, files };
    assert_eq!(usage(Some(first.id)).await, sum((1 << 40) + 2, 2));
    assert_eq!(usage(None).await, sum((1 << 40) + 6, 3));
    assert_eq!(usage(Some(bucket().id)).await, Usage::default());
}

/// A verdict is for the octets that were scanned, and comes once.
pub async fn only_the_octets_that_were_scanned_are_judged_and_once(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let waiting = File {
        status: FileStatus::Unscanned,
        ..file(&bucket, "a")
    };
    let waiting = store_file(&store, waiting).await;
    let others = BlobId(Uuid::from_u128(1));
    let files = || store.read().files();
    assert!(
        !files()
            .judge(waiting.id, others, FileStatus::Ready)
            .await
            .unwrap()
    );
    assert!(
        files()
            .judge(waiting.id, waiting.blob, FileStatus::Infected)
            .await
            .unwrap()
    );
    assert!(
        !files()
            .judge(waiting.id, waiting.blob, FileStatus::Ready)
            .await
            .unwrap()
    );
    let judged = File {
        status: FileStatus::Infected,
        ..waiting.clone()
    };
    assert_eq!(find(&store, &waiting).await, Some(judged));
}
