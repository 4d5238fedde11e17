//! Uploads that race.

use std::collections::BTreeMap;

use mainstay_testkit::TestApp;
use serde_json::json;

use super::support::{Files, at, noise};

async fn race(
    files: &Files,
    count: usize,
    put: impl Fn(usize) -> mainstay_testkit::TestRequest,
) -> BTreeMap<u16, usize> {
    let answers = crate::support::race(count, async |n| put(n).await).await;
    let mut told = BTreeMap::new();
    for answer in answers {
        *told.entry(answer.status()).or_default() += 1;
    }
    let _ = files;
    told
}

async fn of_twenty_racing_uploads_only_those_within_the_quota_are_kept(app: TestApp) {
    let files = Files::on(app).await;
    files
        .bucket("tight", json!({ "open": true, "quota": 70_000 }))
        .await;
    let octets = noise(10_000);
    let told = race(&files, 20, |n| {
        files.ada.put(&at(&format!("tight/{n}"))).body(octets.clone())
    })
    .await;
    assert_eq!(told, BTreeMap::from([(201, 7), (413, 13)]));
    assert_eq!(files.counted("tight").await, (70_000, 7));
}

on_every_database!(of_twenty_racing_uploads_only_those_within_the_quota_are_kept);

async fn of_ten_racing_uploads_that_want_a_new_file_exactly_one_makes_it(app: TestApp) {
    let files = Files::on(app).await;
    let told = race(&files, 10, |n| {
        let put = files.ada.put(&at("box/one")).header("if-none-match", "*");
        put.body(format!("upload {n}"))
    })
    .await;
    assert_eq!(told, BTreeMap::from([(201, 1), (412, 9)]));
    assert_eq!(files.counted("box").await.1, 1);
}

on_every_database!(of_ten_racing_uploads_that_want_a_new_file_exactly_one_makes_it);

async fn racing_uploads_of_one_key_leave_one_file_that_is_counted_once(app: TestApp) {
    let files = Files::on(app).await;
    let told = race(&files, 8, |n| files.ada.put(&at("box/one")).body(noise(1000 + n))).await;
    assert_eq!(told.get(&201), Some(&1), "{told:?}");
    assert_eq!(told.get(&200), Some(&7), "{told:?}");
    let size = files.get("box/one").await.expect(200).bytes().len();
    assert_eq!(files.counted("box").await, (size as i64, 1));
}

on_every_database!(racing_uploads_of_one_key_leave_one_file_that_is_counted_once);
