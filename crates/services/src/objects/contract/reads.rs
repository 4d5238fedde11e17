//! Reading.

use std::{ops::Range, sync::Arc};

use super::fixture::{Fixture, collect, first, key, pattern};
use crate::ports::{ObjectError, ObjectStore};

/// More than any store gives at once.
const LONG: usize = 3 << 20;

/// No object is told from an empty one.
pub async fn what_is_not_there_is_not_found_and_has_no_head(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    assert_eq!(fixture.read("none", None).await, Err(ObjectError::NotFound));
    let head = fixture.store.head(&fixture.bucket, &key("none")).await;
    assert_eq!(head, Ok(None));
    fixture.clean_up().await;
}

/// Whole, at the edges, across blocks, and of no length.
pub async fn a_range_gives_just_the_octets_in_it(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let octets = pattern(LONG, 0);
    fixture.write("one", octets.clone()).await.unwrap();
    let end = LONG as u64;
    for range in [
        0..end,
        0..1,
        end - 1..end,
        262_143..262_145,
        1..end - 1,
        0..0,
        end..end,
    ] {
        let read = fixture
            .store
            .read(&fixture.bucket, &key("one"), Some(range.clone()))
            .await;
        let read = read.unwrap_or_else(|error| panic!("{range:?}: {error}"));
        assert_eq!(read.size, end);
        let wanted = &octets[range.start as usize..range.end as usize];
        assert!(collect(read.body).await.unwrap() == wanted, "{range:?} differs");
    }
    fixture.clean_up().await;
}

/// Whoever asks has to look at the size first.
pub async fn a_range_outside_of_the_object_is_refused(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    fixture.write("one", "12345").await.unwrap();
    for range in [0..6, 5..6, 9..10, Range { start: 3, end: 2 }] {
        let read = fixture.read("one", Some(range.clone())).await;
        assert!(
            matches!(read, Err(ObjectError::Refused(_))),
            "{range:?}: {read:?}"
        );
    }
    fixture.clean_up().await;
}

/// Without reading it.
pub async fn head_tells_how_long_an_object_is(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    fixture.write("one", "12345").await.unwrap();
    let head = fixture
        .store
        .head(&fixture.bucket, &key("one"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((head.key, head.size), (key("one"), 5));
    assert!(head.written_at.timestamp() > 1_700_000_000, "{}", head.written_at);
    fixture.clean_up().await;
}

/// Or is told that it broke off; never a mixture.
pub async fn whoever_reads_goes_on_when_the_object_is_replaced(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let before = pattern(LONG, 1);
    fixture.write("one", before.clone()).await.unwrap();
    let read = fixture
        .store
        .read(&fixture.bucket, &key("one"), None)
        .await
        .unwrap();
    let (begun, rest) = first(read.body).await;
    fixture.write("one", pattern(LONG, 2)).await.unwrap();
    if let Ok(rest) = collect(rest).await {
        assert!([begun, rest].concat() == before, "two objects were mixed");
    }
    fixture.clean_up().await;
}
