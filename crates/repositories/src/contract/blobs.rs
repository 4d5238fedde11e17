//! Octets in the object store.

use mainstay_domain::{Blob, BlobId, BlobStatus, BucketName};
use uuid::Uuid;

use super::fixture::{SharedStore, at, long_ago, tag};

async fn stored(store: &SharedStore, second: i64) -> Blob {
    let blob = Blob {
        id: BlobId(Uuid::new_v4()),
        bucket: BucketName::parse(&format!("b{}", tag())).unwrap(),
        status: BlobStatus::Writing,
        since: long_ago(second),
    };
    store.read().blobs().insert(&blob).await.unwrap();
    blob
}

/// Whoever comes second is told.
pub async fn octets_go_from_one_status_to_the_next_only_once(store: SharedStore) {
    let blob = stored(&store, 0).await;
    let blobs = store.read().blobs();
    let step = async |from, to| blobs.set_status(blob.id, from, to, at(3)).await.unwrap();
    assert_eq!(blobs.find(blob.id).await.unwrap(), Some(blob.clone()));
    assert!(!step(BlobStatus::Kept, BlobStatus::Dead).await);
    assert!(step(BlobStatus::Writing, BlobStatus::Kept).await);
    assert!(!step(BlobStatus::Writing, BlobStatus::Dead).await);
    let kept = Blob {
        status: BlobStatus::Kept,
        since: at(3),
        ..blob.clone()
    };
    assert_eq!(blobs.find(blob.id).await.unwrap(), Some(kept));
    assert_eq!(blobs.find(BlobId(Uuid::new_v4())).await.unwrap(), None);
}

/// What waits longest comes first, and what is fresh does not come.
pub async fn octets_in_a_status_are_listed_the_longest_first(store: SharedStore) {
    // A time that no other run has, for other cases leave theirs there too.
    let base = i64::from(Uuid::new_v4().as_fields().0) / 16;
    let mut blobs = Vec::new();
    for second in [2, 1, 3] {
        blobs.push(stored(&store, base + second * 2).await);
    }
    blobs.sort_by_key(|blob| blob.since);
    let list = async |before, limit| {
        let found = store
            .read()
            .blobs()
            .list(BlobStatus::Writing, before, limit)
            .await;
        found.unwrap()
    };
    let found = list(long_ago(base + 5), 10_000).await;
    let position = |blob: &Blob| found.iter().position(|found| found == blob);
    assert!(position(&blobs[0]).is_some() && position(&blobs[0]) < position(&blobs[1]));
    assert_eq!(position(&blobs[2]), None);
    assert_eq!(list(long_ago(base + 5), 1).await.len(), 1);
}

/// In whatever status they are.
pub async fn only_octets_with_a_row_are_known_and_all_in_a_status_are_counted(store: SharedStore) {
    let (first, second) = (stored(&store, 0).await, stored(&store, 1).await);
    let blobs = store.read().blobs();
    let dead = blobs.set_status(second.id, BlobStatus::Writing, BlobStatus::Dead, long_ago(1));
    assert!(dead.await.unwrap());
    let ids = [first.id, BlobId(Uuid::new_v4()), second.id];
    let mut known = blobs.known(&ids).await.unwrap();
    known.sort();
    let mut expected = vec![first.id, second.id];
    expected.sort();
    assert_eq!(known, expected);
    assert!(blobs.known(&[]).await.unwrap().is_empty());
    assert!(blobs.count(BlobStatus::Dead, long_ago(2)).await.unwrap() >= 1);
    assert_eq!(
        blobs.count(BlobStatus::Kept, long_ago(-1_000_000)).await.unwrap(),
        0
    );
}

/// A file that came to stand for them meanwhile keeps them.
pub async fn octets_are_deleted_only_in_the_status_named(store: SharedStore) {
    let blob = stored(&store, 0).await;
    let blobs = store.read().blobs();
    assert!(!blobs.delete(blob.id, BlobStatus::Dead).await.unwrap());
    assert!(blobs.delete(blob.id, BlobStatus::Writing).await.unwrap());
    assert!(!blobs.delete(blob.id, BlobStatus::Writing).await.unwrap());
    assert_eq!(blobs.find(blob.id).await.unwrap(), None);
}
