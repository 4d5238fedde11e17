//! A store that breaks off, stalls, refuses or is not there.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::TryStreamExt;
use mainstay_adapters::{CloudService, CloudSettings};
use mainstay_services::ports::{ObjectError, ObjectStore};

use crate::{
    line::{Fate, Line},
    server::{S3Server, bucket, key, keys, pattern, settings, store, write},
};

const LONG: usize = 3 << 20;

/// A server, a line to it, and a store that uses the line.
async fn behind_a_line(retries: u32) -> (S3Server, Line, Arc<dyn ObjectStore>) {
    let server = S3Server::start().await;
    let line = Line::to(server.authority.clone()).await;
    let settings = CloudSettings {
        timeout: Duration::from_secs(3),
        retries,
        ..settings(&line.authority, server.own_buckets().buckets)
    };
    let direct = store(server.own_buckets());
    direct.create_bucket(&bucket()).await.unwrap();
    write(&direct, pattern(LONG)).await.unwrap();
    (server, line, store(settings))
}

async fn read(store: &Arc<dyn ObjectStore>) -> Result<Vec<u8>, ObjectError> {
    let read = store.read(&bucket(), &key(), None).await?;
    let pieces: Vec<Bytes> = read.body.try_collect().await?;
    Ok(pieces.concat())
}

fn is_unavailable<T: std::fmt::Debug>(result: &Result<T, ObjectError>) -> bool {
    matches!(result, Err(ObjectError::Unavailable(_)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_cut_is_a_failure_and_no_shorter_object() {
    let (_server, line, store) = behind_a_line(0).await;
    for octets in [0, 100, 5_000, 1 << 20] {
        line.set(Fate::CutAnswer(octets));
        let read = read(&store).await;
        assert!(
            is_unavailable(&read),
            "after {octets}: {:?}",
            read.map(|read| read.len())
        );
    }
    line.set(Fate::Whole);
    assert!(read(&store).await.unwrap() == pattern(LONG));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_cut_once_goes_on_where_it_stopped() {
    let (_server, line, store) = behind_a_line(3).await;
    line.set_next(Fate::CutAnswer(1 << 20));
    assert!(read(&store).await.unwrap() == pattern(LONG));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_falls_silent_is_given_up_in_time() {
    let (_server, line, store) = behind_a_line(0).await;
    for octets in [0, 5_000, 1 << 20] {
        line.set(Fate::StallAnswer(octets));
        let begun = Instant::now();
        assert!(is_unavailable(&read(&store).await), "after {octets}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }
    line.set(Fate::StallAnswer(0));
    assert!(store.check().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_cut_leaves_the_object_before() {
    let (server, line, store_behind) = behind_a_line(0).await;
    for length in [1 << 20, 20 << 20] {
        line.set(Fate::CutRequest(600_000));
        let written = write(&store_behind, vec![7; length]).await;
        assert!(is_unavailable(&written), "{length}: {written:?}");
    }
    let direct = store(server.own_buckets());
    assert!(read(&direct).await.unwrap() == pattern(LONG));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_upload_that_is_dropped_has_its_parts_thrown_away() {
    let (server, _line, _) = behind_a_line(0).await;
    let store = store(server.own_buckets());
    let mut writer = store.write(&bucket(), &key()).await.unwrap();
    writer.write(vec![7; 20 << 20].into()).await.unwrap();
    assert!(parts(&server.root) > 0, "nothing was sent yet");
    drop(writer);
    let begun = Instant::now();
    while parts(&server.root) > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{} parts stay",
            parts(&server.root)
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How many parts of uploads lie at the server.
fn parts(root: &Path) -> usize {
    let entries = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    entries
        .filter(|name| name.to_string_lossy().contains("upload_id"))
        .count()
}

#[tokio::test]
async fn a_store_that_is_not_there_is_unavailable() {
    let server = S3Server::start().await;
    let gone = CloudSettings {
        retries: 1,
        ..settings("127.0.0.1:1", server.own_buckets().buckets)
    };
    let store = store(gone);
    assert!(is_unavailable(&read(&store).await));
    assert!(is_unavailable(&write(&store, vec![7; 10]).await));
    assert!(is_unavailable(&store.create_bucket(&bucket()).await));
    assert!(store.check().await.is_err());
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_shown_to_nobody() {
    let server = S3Server::start().await;
    let mut wrong = server.own_buckets();
    if let CloudService::S3 { keys: used, .. } = &mut wrong.service {
        *used = Some(keys("wrong-secret"));
    }
    let store = store(wrong);
    let refused = [
        read(&store).await.map(drop),
        write(&store, vec![7; 10]).await,
        store.create_bucket(&bucket()).await,
        store.delete(&bucket(), &key()).await,
        store.list(&bucket(), None, 1).await.map(drop),
    ];
    for result in refused {
        let Err(ObjectError::Refused(text)) = result else {
            panic!("{result:?}");
        };
        assert!(
            !text.contains("wrong-secret") && !text.contains("X-Amz-Signature"),
            "{text}"
        );
    }
    assert!(store.check().await.is_err());
}

#[tokio::test]
async fn a_store_that_works_passes_its_check() {
    let server = S3Server::start().await;
    assert_eq!(store(server.own_buckets()).check().await, Ok(()));
    assert_eq!(store(server.prefixes()).check().await, Ok(()));
}
