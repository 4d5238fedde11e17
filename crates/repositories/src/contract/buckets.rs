//! Buckets and how full they are.

use std::sync::Arc;

use mainstay_domain::{Bucket, BucketLimits, BucketName, MediaPattern, Position, SortValue, Usage};

use super::fixture::{
    SharedStore, at, bucket, count_true, file, page_of, store_bucket, store_file, stored_bucket, tag,
};
use crate::constraint;

async fn find(store: &SharedStore, bucket: &Bucket) -> Option<Bucket> {
    store.read().buckets().find_by_id(bucket.id).await.unwrap()
}

fn with_quota(quota: i64) -> Bucket {
    Bucket {
        limits: BucketLimits {
            quota: Some(quota),
            ..BucketLimits::default()
        },
        ..bucket()
    }
}

fn octets(size: i64) -> Usage {
    Usage { size, files: 1 }
}

/// Nothing is lost on the way to the store and back.
pub async fn every_field_of_a_bucket_comes_back_as_stored(store: SharedStore) {
    let bare = stored_bucket(&store).await;
    let pattern = |raw| MediaPattern::parse(raw).unwrap();
    let full = Bucket {
        public: true,
        open: false,
        limits: BucketLimits {
            file_size: Some(1 << 40),
            quota: Some(1 << 50),
            types: vec![pattern("image/*"), pattern("application/pdf")],
        },
        used: 1 << 41,
        files: 12,
        url_epoch: 3,
        version: 4,
        created_at: at(1),
        updated_at: at(2),
        ..bucket()
    };
    let full = store_bucket(&store, full).await;
    for stored in [bare, full] {
        assert_eq!(find(&store, &stored).await, Some(stored.clone()));
        let named = store.read().buckets().find(&stored.name).await.unwrap();
        assert_eq!(named, Some(stored));
    }
}

/// A name stands for one bucket.
pub async fn a_second_bucket_with_one_name_is_a_conflict(store: SharedStore) {
    let first = stored_bucket(&store).await;
    let second = Bucket {
        name: first.name.clone(),
        ..bucket()
    };
    let conflict = store.read().buckets().insert(&second).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::BUCKETS_NAME), "{conflict:?}");
}

/// Page after page, by the octets of their names.
pub async fn buckets_are_listed_by_name_in_pages(store: SharedStore) {
    let tag = tag();
    let mut names = Vec::new();
    for ending in ["-b", "a", "0", "b", "-a"] {
        let name = BucketName::parse(&format!("p{tag}{ending}")).unwrap();
        let named = Bucket {
            name: name.clone(),
            ..bucket()
        };
        store_bucket(&store, named).await;
        names.push(name);
    }
    names.sort();
    let mut page = page_of(2);
    // Right before the first of them.
    page.after = Some(Position {
        value: SortValue::Text(format!("p{tag}")),
        id: uuid::Uuid::max(),
    });
    let mut seen = Vec::new();
    while seen.len() < names.len() {
        let found = store.read().buckets().list(&page).await.unwrap();
        seen.extend(found.items.into_iter().map(|bucket| bucket.name));
        page.after = found.next;
        assert!(page.after.is_some() || seen.len() >= names.len());
    }
    assert_eq!(seen[..names.len()], names);
}

/// Whoever comes second has not seen what the first one wrote.
pub async fn of_two_bucket_updates_from_one_version_the_second_is_told_false(store: SharedStore) {
    let read = stored_bucket(&store).await;
    let changed = Bucket {
        public: true,
        open: false,
        limits: with_quota(9).limits,
        url_epoch: 1,
        updated_at: at(5),
        ..read.clone()
    };
    assert!(store.read().buckets().update(&changed).await.unwrap());
    assert!(!store.read().buckets().update(&read).await.unwrap());
    let expected = Bucket {
        version: 2,
        ..changed
    };
    assert_eq!(find(&store, &read).await, Some(expected));
}

/// Rules and figures are written by different people at the same time.
pub async fn an_update_of_rules_leaves_what_is_counted_alone(store: SharedStore) {
    let read = stored_bucket(&store).await;
    assert!(store.read().buckets().count(read.id, octets(7)).await.unwrap());
    assert!(store.read().buckets().update(&read).await.unwrap());
    let found = find(&store, &read).await.unwrap();
    assert_eq!((found.used, found.files, found.version), (7, 1, 2));
}

/// Files never hang in the air.
pub async fn a_bucket_with_files_in_it_cannot_be_deleted(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let file = store_file(&store, file(&bucket, "a")).await;
    let conflict = store.read().buckets().delete(bucket.id).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
    assert!(store.read().files().delete(&file).await.unwrap());
    assert!(store.read().buckets().delete(bucket.id).await.unwrap());
    assert!(!store.read().buckets().delete(bucket.id).await.unwrap());
    assert_eq!(find(&store, &bucket).await, None);
}

/// Twenty files of ten octets each, and room for seven of them.
pub async fn of_twenty_concurrent_counts_only_those_within_the_quota_take_place(store: SharedStore) {
    let bucket = store_bucket(&store, with_quota(79)).await;
    let counted = count_true(20, || {
        let (store, id) = (Arc::clone(&store), bucket.id);
        async move { store.read().buckets().count(id, octets(10)).await }
    })
    .await;
    assert_eq!(counted, 7);
    let found = find(&store, &bucket).await.unwrap();
    assert_eq!((found.used, found.files), (70, 7));
    assert!(store.read().buckets().count(bucket.id, octets(9)).await.unwrap());
    assert!(!store.read().buckets().count(bucket.id, octets(1)).await.unwrap());
}

/// They are counted in different places, and told as one.
pub async fn without_a_quota_all_concurrent_counts_take_place(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    let counted = count_true(40, || {
        let (store, id) = (Arc::clone(&store), bucket.id);
        async move { store.read().buckets().count(id, octets(10)).await }
    })
    .await;
    assert_eq!(counted, 40);
    let found = find(&store, &bucket).await.unwrap();
    assert_eq!((found.used, found.files), (400, 40));
    let named = store.read().buckets().find(&bucket.name).await.unwrap();
    assert_eq!(named, Some(found));
}

/// What was there before there was a quota fills it, too.
pub async fn a_quota_that_comes_later_counts_what_is_there_already(store: SharedStore) {
    let bucket = stored_bucket(&store).await;
    for _ in 0..7 {
        assert!(store.read().buckets().count(bucket.id, octets(10)).await.unwrap());
    }
    let limited = Bucket {
        limits: with_quota(79).limits,
        ..bucket.clone()
    };
    assert!(store.read().buckets().update(&limited).await.unwrap());
    assert!(!store.read().buckets().count(bucket.id, octets(10)).await.unwrap());
    assert!(store.read().buckets().count(bucket.id, octets(9)).await.unwrap());
    let less = Usage { size: -70, files: -7 };
    assert!(store.read().buckets().count(bucket.id, less).await.unwrap());
    let found = find(&store, &bucket).await.unwrap();
    assert_eq!((found.used, found.files), (9, 1));
}

/// A quota that was lowered must not keep anybody from tidying up.
pub async fn taking_away_counts_even_above_the_quota(store: SharedStore) {
    let full = Bucket {
        used: 100,
        files: 2,
        ..with_quota(10)
    };
    let bucket = store_bucket(&store, full).await;
    let less = Usage { size: -50, files: -1 };
    assert!(store.read().buckets().count(bucket.id, less).await.unwrap());
    assert!(!store.read().buckets().count(bucket.id, octets(1)).await.unwrap());
    assert!(store.read().buckets().count(bucket.id, octets(0)).await.unwrap());
    let found = find(&store, &bucket).await.unwrap();
    assert_eq!((found.used, found.files), (50, 2));
    let nowhere = super::fixture::bucket().id;
    assert!(!store.read().buckets().count(nowhere, less).await.unwrap());
}
