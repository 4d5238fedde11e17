//! Notes over HTTP: a whole server on a port and a database of its own.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::json;

async fn app() -> TestApp {
    TestApp::builder().product(crate::with_notes).start().await
}

async fn write(app: &TestApp, who: &LoggedIn, title: &str) -> TestResponse {
    let body = json!({ "title": title });
    app.post("/api/v1/notes")
        .bearer(&who.access_token)
        .json(body)
        .send()
        .await
}

#[tokio::test]
async fn a_note_is_written_changed_and_deleted_by_its_owner_only() {
    let app = app().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let written = write(&app, &ada, "Groceries").await.expect(201);
    let (place, tag) = (
        written.header("location").unwrap(),
        written.header("etag").unwrap(),
    );

    app.get(place)
        .bearer(&eve.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
    let seen = app
        .get(place)
        .bearer(&ada.access_token)
        .header("if-none-match", tag);
    seen.send().await.expect(304);
    let change = || {
        app.patch(place)
            .bearer(&ada.access_token)
            .header("if-match", tag)
            .json(json!({ "body": "milk" }))
    };
    let changed = change().send().await.expect(200).json();
    assert_eq!(
        (&changed["title"], &changed["body"]),
        (&json!("Groceries"), &json!("milk"))
    );
    change().send().await.expect_problem(412, "PRECONDITION_FAILED");
    app.delete(place)
        .bearer(&eve.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
    app.delete(place)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(204);
    app.get(place)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_list_has_pages_and_only_an_administrator_sees_everybodys() {
    let app = app().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    for (who, title) in [(&ada, "first"), (&eve, "hers"), (&ada, "second")] {
        write(&app, who, title).await.expect(201);
    }
    let list = async |path: String, token: String| app.get(&path).bearer(&token).send().await;
    let newest = list(
        "/api/v1/notes?limit=1&total=true".into(),
        ada.access_token.clone(),
    )
    .await
    .expect(200)
    .json();
    assert_eq!(
        (&newest["data"][0]["title"], &newest["page"]["total"]),
        (&json!("second"), &json!(2))
    );
    let next = format!(
        "/api/v1/notes?limit=1&cursor={}",
        newest["page"]["next_cursor"].as_str().unwrap()
    );
    let oldest = list(next, ada.access_token.clone()).await.expect(200).json();
    assert_eq!(
        (&oldest["data"][0]["title"], &oldest["page"]["next_cursor"]),
        (&json!("first"), &json!(null))
    );

    let all = "/api/v1/all-notes".to_owned();
    list(all.clone(), ada.access_token.clone())
        .await
        .expect_problem(403, "PERMISSION_DENIED");
    let everybodys = list(all, app.admin().await.access_token).await.expect(200).json();
    assert_eq!(everybodys["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_refused_note_tells_every_field_that_was_wrong() {
    let app = app().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "title": "", "body": "a\u{0}b" });
    let answer = app
        .post("/api/v1/notes")
        .bearer(&ada.access_token)
        .json(body)
        .send()
        .await;
    answer.expect_invalid(&[("title", "INVALID_LENGTH"), ("body", "INVALID_CHARACTER")]);
    app.get("/api/v1/notes")
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
}
