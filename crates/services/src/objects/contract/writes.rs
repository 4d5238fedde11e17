//! Writing, copying, removing.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::{join, join_all};

use super::fixture::{Fixture, key, pattern};
use crate::ports::{ObjectError, ObjectStore};

/// In several pieces of different lengths.
pub async fn what_was_written_is_read_back_whole(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let octets = Bytes::from(pattern(700_001, 0));
    let mut writer = fixture.store.write(&fixture.bucket, &key("one")).await.unwrap();
    let (mut at, mut length) = (0, 1);
    while at < octets.len() {
        let end = octets.len().min(at + length);
        writer.write(octets.slice(at..end)).await.unwrap();
        (at, length) = (end, length * 3);
    }
    writer.finish().await.unwrap();
    assert!(fixture.read("one", None).await.unwrap() == octets);
    fixture.clean_up().await;
}

/// Whether anything was passed to its writer or not.
pub async fn an_object_without_octets_is_an_object_too(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let writer = fixture
        .store
        .write(&fixture.bucket, &key("untouched"))
        .await
        .unwrap();
    writer.finish().await.unwrap();
    fixture.write("empty", "").await.unwrap();
    for name in ["untouched", "empty"] {
        assert_eq!(fixture.read(name, None).await.unwrap(), "");
        let head = fixture.store.head(&fixture.bucket, &key(name)).await.unwrap();
        assert_eq!(head.unwrap().size, 0);
    }
    fixture.clean_up().await;
}

/// However much was written.
pub async fn a_writer_that_is_dropped_leaves_no_object(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    for length in [0, 10, 1 << 20, 17 << 20] {
        let mut writer = fixture.store.write(&fixture.bucket, &key("one")).await.unwrap();
        writer.write(pattern(length, 0).into()).await.unwrap();
        drop(writer);
        let head = fixture.store.head(&fixture.bucket, &key("one")).await;
        assert_eq!(head, Ok(None), "after {length} octets");
    }
    assert_eq!(
        fixture.store.list(&fixture.bucket, None, 10).await,
        Ok(Vec::new())
    );
    fixture.clean_up().await;
}

/// A failed upload destroys nothing.
pub async fn a_writer_that_is_dropped_leaves_the_object_before(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    fixture.write("one", "before").await.unwrap();
    let mut writer = fixture.store.write(&fixture.bucket, &key("one")).await.unwrap();
    writer.write(pattern(1 << 20, 0).into()).await.unwrap();
    drop(writer);
    assert_eq!(fixture.read("one", None).await.unwrap(), "before");
    fixture.clean_up().await;
}

/// While it is replaced again and again.
pub async fn readers_see_the_object_before_or_after_and_no_mixture(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let whole = |seed: u8| vec![seed; 300_000];
    fixture.write("one", whole(0)).await.unwrap();
    let writing = async {
        for seed in 1..20 {
            fixture.write("one", whole(seed)).await.unwrap();
        }
    };
    let reading = async {
        for _ in 0..40 {
            let read = fixture
                .read("one", None)
                .await
                .expect("there always is an object");
            assert!(read == whole(read[0]), "a mixture was read");
        }
    };
    join(writing, reading).await;
    fixture.clean_up().await;
}

/// All of them are told that it worked, and one of the objects is there.
pub async fn of_twenty_writers_of_one_key_one_wins_whole(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let write = |seed: u8| fixture.write("one", vec![seed; 600_000]);
    for written in join_all((0..20).map(write)).await {
        written.unwrap();
    }
    let read = fixture.read("one", None).await.unwrap();
    assert!(read == vec![read[0]; 600_000], "the object is a mixture");
    let listed = fixture.store.list(&fixture.bucket, None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    fixture.clean_up().await;
}

/// Such as come from a network.
pub async fn sixty_four_mebibytes_pass_in_small_pieces(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let octets = Bytes::from(pattern(64 << 20, 7));
    let mut writer = fixture.store.write(&fixture.bucket, &key("big")).await.unwrap();
    for at in (0..octets.len()).step_by(48_000) {
        let piece = octets.slice(at..octets.len().min(at + 48_000));
        writer.write(piece).await.unwrap();
    }
    writer.finish().await.unwrap();
    assert!(fixture.read("big", None).await.unwrap() == octets);
    fixture.clean_up().await;
}

/// What people call their files, and what would harm a careless store.
pub async fn keys_with_odd_characters_stand_for_themselves(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let names = [
        "UPPER",
        "upper",
        "a b+c",
        "100%",
        "%2e%2e%2fx",
        "q?x=1&y=2#z",
        "ä\u{308}",
        "a\u{308}",
        "日本語.txt",
        "\u{202e}fdp.exe",
        "con",
        "nul.txt",
        "-",
        "~",
        "...",
        "a..b",
        "semi;colon",
        "'quotes\"",
        "back\\slash",
        "[b]{c}^`|<>*",
        "trailing.",
        "trailing ",
    ];
    for name in names {
        fixture
            .write(name, name)
            .await
            .unwrap_or_else(|error| panic!("{name:?}: {error}"));
    }
    for name in names {
        let read = fixture.read(name, None).await;
        assert_eq!(read.unwrap_or_else(|error| panic!("{name:?}: {error}")), name);
    }
    let listed = fixture.store.list(&fixture.bucket, None, 100).await.unwrap();
    assert_eq!(listed.len(), names.len());
    fixture.clean_up().await;
}

/// It is an object of its own.
pub async fn a_copy_outlives_what_it_was_made_of(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(Arc::clone(&store)).await;
    let other = Fixture::new(store).await;
    fixture.write("one", "first").await.unwrap();
    other.write("two", "in the way").await.unwrap();
    let (from, to) = (key("one"), key("two"));
    let copied = fixture
        .store
        .copy((&fixture.bucket, &from), (&other.bucket, &to))
        .await;
    copied.unwrap();
    fixture.write("one", "second").await.unwrap();
    assert_eq!(other.read("two", None).await.unwrap(), "first");
    fixture.delete("one").await;
    assert_eq!(other.read("two", None).await.unwrap(), "first");
    fixture.clean_up().await;
    other.clean_up().await;
}

/// And what is in the other place stays.
pub async fn copying_what_is_not_there_is_not_found(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    fixture.write("two", "stays").await.unwrap();
    let (from, to) = (key("one"), key("two"));
    let copied = fixture
        .store
        .copy((&fixture.bucket, &from), (&fixture.bucket, &to))
        .await;
    assert_eq!(copied, Err(ObjectError::NotFound));
    assert_eq!(fixture.read("two", None).await.unwrap(), "stays");
    fixture.clean_up().await;
}

/// Whoever repeats a call that was broken off is not told of an error.
pub async fn removing_an_object_twice_is_no_error(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    fixture.write("one", "1").await.unwrap();
    fixture.delete("one").await;
    fixture.delete("one").await;
    assert_eq!(fixture.read("one", None).await, Err(ObjectError::NotFound));
    fixture.clean_up().await;
}
