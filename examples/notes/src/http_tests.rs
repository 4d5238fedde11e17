//! Notes over HTTP: a whole server on a port and a database of its own.

use mainstay_testkit::prelude::*;

const NOTES: &str = "/api/v1/notes";

/// The product, Ada and Eve.
async fn start() -> (TestApp, LoggedIn, LoggedIn) {
    let app = TestApp::builder().product(crate::with_notes).start().await;
    let ada = app.user("ada@example.com").await;
    let eve = app.user("eve@example.com").await;
    (app, ada, eve)
}

async fn write(who: &LoggedIn, title: &str) -> TestResponse {
    let body = json!({ "title": title });
    who.post(NOTES).json(body).await.expect(201)
}

#[tokio::test]
async fn a_note_is_written_changed_and_deleted_by_its_owner_only() {
    let (_app, ada, eve) = start().await;
    let written = write(&ada, "Groceries").await;
    let (place, tag) = (written.location(), written.etag());

    eve.get(place).await.expect_problem(404, "NOT_FOUND");
    let seen = ada.get(place).header("if-none-match", tag);
    seen.await.expect(304);
    let milk = json!({ "body": "milk" });
    let change = || ada.patch(place).header("if-match", tag).json(milk.clone());
    let changed = change().await.expect(200).json();
    assert_eq!(changed["title"], "Groceries");
    assert_eq!(changed["body"], "milk");
    change().await.expect_problem(412, "PRECONDITION_FAILED");
    eve.delete(place).await.expect_problem(404, "NOT_FOUND");
    ada.delete(place).await.expect(204);
    ada.get(place).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_list_has_pages_and_only_an_administrator_sees_everybodys() {
    let (app, ada, eve) = start().await;
    for (who, title) in [(&ada, "first"), (&eve, "hers"), (&ada, "second")] {
        write(who, title).await;
    }
    let first = ada.get("/api/v1/notes?limit=1&total=true").await.json();
    assert_eq!(first["data"][0]["title"], "second");
    assert_eq!(first["page"]["total"], 2);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let next = format!("{NOTES}?limit=1&cursor={cursor}");
    let next = ada.get(&next).await.json();
    assert_eq!(next["data"][0]["title"], "first");
    assert_eq!(next["page"]["next_cursor"], Value::Null);

    let all = "/api/v1/all-notes";
    ada.get(all).await.expect_problem(403, "PERMISSION_DENIED");
    let everybodys = app.admin().await.get(all).await.json();
    assert_eq!(everybodys["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_refused_note_tells_every_field_that_was_wrong() {
    let (app, ada, _) = start().await;
    let body = json!({ "title": "", "body": "a\u{0}b" });
    let refused = ada.post(NOTES).json(body).await;
    refused.expect_invalid(&[("title", "INVALID_LENGTH"), ("body", "INVALID_CHARACTER")]);
    app.get(NOTES).await.expect_problem(401, "UNAUTHENTICATED");
}
