//! `GET /storage/buckets/{bucket}/files/{key}`.

use reqwest::Method;

use super::support::{Files, at, noise};

#[tokio::test]
async fn ranges_are_answered_as_the_rfc_says() {
    let files = Files::start().await;
    let octets = noise(10_000);
    let tag = files
        .put("box/a", octets.clone())
        .await
        .expect(201)
        .header("etag")
        .unwrap()
        .to_owned();
    let ask = |range: &str| files.ada.get(&at("box/a")).header("range", range);
    for (range, part, told) in [
        ("bytes=0-99", 0..100, "bytes 0-99/10000"),
        ("bytes=9900-", 9900..10_000, "bytes 9900-9999/10000"),
        ("bytes=-1", 9999..10_000, "bytes 9999-9999/10000"),
        ("bytes=5000-99999", 5000..10_000, "bytes 5000-9999/10000"),
    ] {
        let answer = ask(range).await.expect(206);
        assert!(answer.bytes() == &octets[part], "{range}");
        assert_eq!(answer.header("content-range"), Some(told));
        assert_eq!(answer.header("accept-ranges"), Some("bytes"));
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    let outside = ask("bytes=10000-").await;
    outside.expect_problem(416, "RANGE_NOT_SATISFIABLE");
    assert_eq!(outside.header("content-range"), Some("bytes */10000"));
    for whole in ["bytes=x", "lines=1-2", "bytes=9-1"] {
        assert_eq!(ask(whole).await.expect(200).bytes().len(), 10_000, "{whole}");
    }
    let same = ask("bytes=0-9").header("if-range", &tag).await;
    assert_eq!(same.expect(206).bytes().len(), 10);
    let other = ask("bytes=0-9").header("if-range", "\"other\"").await;
    assert_eq!(other.expect(200).bytes().len(), 10_000);
}

#[tokio::test]
async fn several_ranges_come_as_parts_that_tell_where_they_belong() {
    let files = Files::start().await;
    files
        .put("box/a", (b'a'..=b'z').collect::<Vec<u8>>())
        .await
        .expect(201);
    let ask = files.ada.get(&at("box/a")).header("range", "bytes=0-1, 10-12,-1");
    let answer = ask.await.expect(206);
    let kind = answer.header("content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let part = |range: &str, octets: &str| {
        format!(
            "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes {range}/26\r\n\r\n{octets}"
        )
    };
    let expected = [part("0-1", "ab"), part("10-12", "klm"), part("25-25", "z")].concat();
    assert_eq!(answer.text(), format!("{expected}\r\n--{boundary}--\r\n"));
}

#[tokio::test]
async fn what_the_client_has_already_is_not_sent_again() {
    let files = Files::start().await;
    files.put("box/a", "text").await.expect(201);
    let first = files.get("box/a").await.expect(200);
    let (tag, date) = (
        first.header("etag").unwrap(),
        first.header("last-modified").unwrap(),
    );
    let ask = |name: &'static str, value: &str| files.ada.get(&at("box/a")).header(name, value);
    for (name, value) in [
        ("if-none-match", tag),
        ("if-none-match", "*"),
        ("if-modified-since", date),
    ] {
        let answer = ask(name, value).await.expect(304);
        assert_eq!(answer.header("etag"), Some(tag));
        assert!(answer.bytes().is_empty());
    }
    ask("if-match", tag).await.expect(200);
    ask("if-unmodified-since", date).await.expect(200);
    ask("if-match", "\"other\"")
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    let old = "Mon, 01 Jan 2024 00:00:00 GMT";
    ask("if-unmodified-since", old)
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    ask("if-modified-since", old).await.expect(200);
}

#[tokio::test]
async fn head_tells_everything_but_the_octets() {
    let files = Files::start().await;
    files.put("box/a/b", noise(5000)).await.expect(201);
    let get = files.get("box/a/b").await.expect(200);
    let head = files.ada.request(Method::HEAD, &at("box/a/b")).await.expect(200);
    assert!(head.bytes().is_empty());
    for name in [
        "content-length",
        "content-type",
        "etag",
        "last-modified",
        "content-disposition",
    ] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    let head = files.ada.request(Method::HEAD, &at("box/no/such")).await;
    assert_eq!(head.status(), 404);
    let part = files
        .ada
        .request(Method::HEAD, &at("box/a/b"))
        .header("range", "bytes=0-9");
    assert_eq!(part.await.expect(206).header("content-length"), Some("10"));
}

#[tokio::test]
async fn octets_are_never_compressed_on_the_way() {
    let files = Files::start().await;
    files.put("box/a.txt", "a".repeat(50_000)).await.expect(201);
    let ask = files
        .ada
        .get(&at("box/a.txt"))
        .header("accept-encoding", "gzip, br, zstd");
    let answer = ask.await.expect(200);
    assert_eq!(answer.header("content-encoding"), None);
    assert_eq!(answer.header("content-length"), Some("50000"));
}

#[tokio::test]
async fn every_download_keeps_browsers_from_running_it() {
    let files = Files::start().await;
    files.put("box/a", "text").await.expect(201);
    let answer = files.get("box/a").await.expect(200);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"),
        "{policy}"
    );
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("inline; filename=\"a\"")
    );
    let saved = files
        .ada
        .get(&format!("{}?download=true", at("box/a")))
        .await
        .expect(200);
    assert_eq!(
        saved.header("content-disposition"),
        Some("attachment; filename=\"a\"")
    );
}
