//! Resumable uploads that are cut off, race, or end in another world than they began in.

use std::time::{Duration, Instant};

use mainstay_domain::BlobStatus;
use mainstay_testkit::TestApp;
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use super::{
    support::{Files, noise},
    tus::{UPLOADS, announce, begin, head, offset, part},
};
use crate::support::race;

/// Sends the head of a part and some of its octets, and hangs up.
async fn cut(files: &Files, place: &str, octets: &[u8], (headers, reset): (&str, bool)) {
    let length = octets.len() + 1_000;
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n{headers}\
         Content-Length: {length}\r\n\r\n",
        files.ada.access_token
    );
    let mut stream = TcpStream::connect(files.app.addr()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(octets).await.unwrap();
    stream.flush().await.unwrap();
    // What is on its way when a connection is reset may be lost.
    sleep(Duration::from_millis(500)).await;
    if reset {
        stream.set_zero_linger().unwrap();
    }
}

/// What the server noticed and kept, once it has.
async fn kept(files: &Files, place: &str) -> usize {
    for _ in 0..600 {
        let received = offset(&files.ada, place).await;
        if received > 0 {
            return received;
        }
        sleep(Duration::from_millis(50)).await;
    }
    0
}

/// How many parts the server has let go of.
async fn given_up(files: &Files) -> usize {
    let context = files.app.context();
    let later = context.clock.now() + Duration::from_secs(60);
    let blobs = context.store.read().blobs();
    blobs.list(BlobStatus::Dead, later, 10).await.unwrap().len()
}

#[tokio::test]
async fn an_upload_goes_on_where_the_connection_was_cut() {
    let files = Files::start().await;
    let octets = noise(200_000);
    for (key, reset) in [("closed", false), ("reset", true)] {
        let place = begin(&files.ada, key, octets.len()).await;
        cut(&files, &place, &octets[..60_000], ("", reset)).await;
        let from = kept(&files, &place).await;
        // A reset takes along what the server had not read.
        let expected = if reset { from <= 60_000 } else { from == 60_000 };
        assert!(expected, "{key}: {from}");
        part(&files.ada, &place, from, &octets[from..]).await.expect(204);
        let read = files.get(&format!("box/{key}")).await.expect(200);
        assert!(read.bytes() == octets, "{key}");
    }
}

#[tokio::test]
async fn a_cut_part_with_a_checksum_is_not_kept() {
    let files = Files::start().await;
    let octets = noise(200_000);
    let place = begin(&files.ada, "summed", octets.len()).await;
    let header = "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n";
    cut(&files, &place, &octets[..60_000], (header, false)).await;
    let begun = Instant::now();
    while given_up(&files).await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody noticed");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(offset(&files.ada, &place).await, 0);
    part(&files.ada, &place, 0, &octets).await.expect(204);
}

async fn of_racing_parts_at_one_offset_one_is_taken(app: TestApp) {
    let files = Files::on(app).await;
    for (key, length) in [("parts", 100_000), ("whole", 40_000)] {
        let place = begin(&files.ada, key, length).await;
        let octets: Vec<Vec<u8>> = (0..4_u8).map(|n| vec![n; 40_000]).collect();
        let answers = race(4, async |n| part(&files.ada, &place, 0, &octets[n]).await).await;
        let taken: Vec<usize> = (0..4).filter(|n| answers[*n].status() == 204).collect();
        let [winner] = taken[..] else {
            panic!("{key}: {taken:?} were taken")
        };
        for loser in answers.iter().filter(|answer| answer.status() != 204) {
            loser.expect_problem(409, "OFFSET_MISMATCH");
        }
        assert_eq!(offset(&files.ada, &place).await, 40_000);
        let rest = vec![9; length - 40_000];
        part(&files.ada, &place, 40_000, &rest).await.expect(204);
        let read = files.get(&format!("box/{key}")).await.expect(200);
        assert!(
            read.bytes() == [octets[winner].as_slice(), &rest].concat(),
            "{key}"
        );
    }
}
on_every_database!(of_racing_parts_at_one_offset_one_is_taken);

#[tokio::test]
async fn uploads_under_way_announce_no_more_than_the_quota_together() {
    let files = Files::start().await;
    files.bucket("small", json!({ "open": true, "quota": 150 })).await;
    let announce = async |key: &str| {
        let announced = super::tus::metadata(&[("bucket", "small"), ("key", key)]);
        let post = files.ada.post(UPLOADS).header("tus-resumable", "1.0.0");
        let post = post.header("upload-length", "60");
        post.header("upload-metadata", announced).await
    };
    let first = announce("a").await.expect(201).location().to_owned();
    announce("b").await.expect(201);
    announce("c").await.expect_problem(413, "QUOTA_EXCEEDED");
    let ended = files.ada.delete(&first).header("tus-resumable", "1.0.0");
    ended.await.expect(204);
    announce("c").await.expect(201);
}

#[tokio::test]
async fn an_upload_that_meets_the_quota_ends_once_there_is_room() {
    let files = Files::start().await;
    files.bucket("small", json!({ "open": true, "quota": 150 })).await;
    files.put("small/old", [1; 100]).await.expect(201);
    for pieces in [vec![100], vec![40, 60]] {
        let announced = super::tus::metadata(&[("bucket", "small"), ("key", "new")]);
        let made = files
            .ada
            .post(UPLOADS)
            .header("tus-resumable", "1.0.0")
            .header("upload-length", "100")
            .header("upload-metadata", announced);
        let place = made.await.expect(201).location().to_owned();
        let (last, before) = pieces.split_last().unwrap();
        let mut from = 0;
        for size in before {
            part(&files.ada, &place, from, &vec![2; *size]).await.expect(204);
            from += size;
        }
        let full = part(&files.ada, &place, from, &vec![2; *last]).await;
        full.expect_problem(413, "QUOTA_EXCEEDED");
        // Whoever asks is not told that all is there.
        assert_eq!(offset(&files.ada, &place).await, 99);
        let still = part(&files.ada, &place, 99, &[2]).await;
        still.expect_problem(413, "QUOTA_EXCEEDED");
        files
            .ada
            .delete(&super::support::at("small/old"))
            .await
            .expect(204);
        part(&files.ada, &place, 99, &[2]).await.expect(204);
        assert_eq!(files.get("small/new").await.expect(200).bytes(), [2; 100]);
        assert_eq!(files.counted("small").await, (100, 1));
        files
            .ada
            .delete(&super::support::at("small/new"))
            .await
            .expect(204);
        files.put("small/old", [1; 100]).await.expect(201);
    }
}

#[tokio::test]
async fn limits_that_were_lowered_meanwhile_hold_at_the_end() {
    let files = Files::start().await;
    let place = begin(&files.ada, "a", 100).await;
    part(&files.ada, &place, 0, &[1; 50]).await.expect(204);
    let change = |body| files.admin.patch("/api/v1/storage/buckets/box").json(body);
    change(json!({ "max_file_size": 60 })).await.expect(200);
    part(&files.ada, &place, 50, &[1; 50])
        .await
        .expect_problem(413, "FILE_TOO_LARGE");
    announce(&files.ada, "b", 100)
        .await
        .expect_problem(413, "FILE_TOO_LARGE");
    change(json!({ "max_file_size": null, "allowed_types": ["image/*"] }))
        .await
        .expect(200);
    let refused = part(&files.ada, &place, 99, &[1]).await;
    refused.expect_problem(415, "MEDIA_TYPE_NOT_ALLOWED");
    change(json!({ "open": false })).await.expect(200);
    assert_eq!(head(&files.ada, &place).await.status(), 404);
    change(json!({ "open": true, "allowed_types": [] }))
        .await
        .expect(200);
    part(&files.ada, &place, 99, &[1]).await.expect(204);
    assert_eq!(files.get("box/a").await.expect(200).bytes(), [1; 100]);
}

#[tokio::test]
async fn an_account_that_was_disabled_meanwhile_uploads_no_more() {
    let files = Files::start().await;
    let place = begin(&files.ada, "a", 10).await;
    let disable = format!("/api/v1/users/{}/disable", files.ada.id);
    files.admin.post(&disable).await.expect(200);
    let answer = part(&files.ada, &place, 0, &[1; 10]).await;
    assert!([401, 403].contains(&answer.status()), "{}", answer.text());
}

#[tokio::test]
async fn nobody_has_more_than_a_hundred_uploads_under_way() {
    let files = Files::start().await;
    let place = begin(&files.ada, "a", 1).await;
    for _ in 1..100 {
        begin(&files.ada, "a", 1).await;
    }
    announce(&files.ada, "a", 1)
        .await
        .expect_problem(409, "UPLOAD_LIMIT");
    begin(&files.admin, "b", 1).await;
    part(&files.ada, &place, 0, b"x").await.expect(204);
    begin(&files.ada, "a", 1).await;
}
