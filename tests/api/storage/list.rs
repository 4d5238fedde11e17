//! `GET /storage/buckets/{bucket}/files`.

use super::support::{Files, names};

#[tokio::test]
async fn files_are_listed_by_prefix_and_folder_page_by_page() {
    let files = Files::start().await;
    for key in ["a", "b/1", "b/2", "b/c/3", "b%25", "c_", "cx"] {
        files.put(&format!("box/{key}"), "x").await.expect(201);
    }
    assert_eq!(
        files.listed("").await,
        ["a", "b%", "b/1", "b/2", "b/c/3", "c_", "cx"]
    );
    assert_eq!(files.listed("delimiter=/").await, ["a", "b%", ">b/", "c_", "cx"]);
    assert_eq!(
        files.listed("prefix=b/&delimiter=/").await,
        ["b/1", "b/2", ">b/c/"]
    );
    assert_eq!(files.listed("prefix=c_").await, ["c_"]);
    assert_eq!(files.listed("prefix=b%25").await, ["b%"]);
    let path = "/api/v1/storage/buckets/box/files?delimiter=/&limit=2";
    let (mut seen, mut next) = (Vec::new(), path.to_owned());
    loop {
        let page = files.ada.get(&next).await.expect(200).json();
        seen.extend(names(&page));
        let Some(cursor) = page["page"]["next_cursor"].as_str() else {
            break;
        };
        next = format!("{path}&cursor={cursor}");
    }
    assert_eq!(seen, ["a", "b%", ">b/", "c_", "cx"]);
    let wrong = files
        .ada
        .get("/api/v1/storage/buckets/box/files?delimiter=ab")
        .await;
    wrong.expect_invalid(&[("delimiter", "INVALID_DELIMITER")]);
}

#[tokio::test]
async fn a_cursor_holds_the_longest_key() {
    let files = Files::start().await;
    let stem = "k".repeat(1023);
    for end in ["a", "b"] {
        files.put(&format!("box/{stem}{end}"), "x").await.expect(201);
    }
    let path = "/api/v1/storage/buckets/box/files?limit=1";
    let page = files.ada.get(path).await.expect(200).json();
    let cursor = page["page"]["next_cursor"].as_str().unwrap();
    let page = files
        .ada
        .get(&format!("{path}&cursor={cursor}"))
        .await
        .expect(200)
        .json();
    assert_eq!(names(&page), [format!("{stem}b")]);
}
