//! `/storage/signed/{bucket}/{key}`.

use serde_json::{Value, json};

use super::support::{Files, at};

async fn sign(files: &Files, body: Value) -> String {
    let path = "/api/v1/storage/buckets/box/signed-urls";
    let made = files.ada.post(path).json(body).await.expect(201).json();
    made["url"].as_str().unwrap().to_owned()
}

fn reading(key: &str) -> Value {
    json!({ "key": key, "method": "GET", "expires_in": 60 })
}

#[tokio::test]
async fn a_signed_url_gives_out_exactly_what_it_was_signed_for() {
    let files = Files::start().await;
    files.put("box/a b/ä.txt", "hello").await.expect(201);
    files.put("box/other", "other").await.expect(201);
    let url = sign(&files, reading("a b/ä.txt")).await;
    let answer = files.app.get(&url).await.expect(200);
    assert_eq!(
        (answer.text().as_str(), answer.header("cache-control")),
        ("hello", Some("private, no-cache"))
    );
    let head = files.app.request(reqwest::Method::HEAD, &url).await.expect(200);
    assert_eq!(head.header("content-length"), Some("5"));
    let mut body = reading("a b/ä.txt");
    body["disposition"] = json!("attachment");
    let saved = files.app.get(&sign(&files, body).await).await.expect(200);
    assert!(
        saved
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let found = files
        .admin
        .get("/api/v1/audit-events?kind=storage.signed_url_made")
        .await
        .expect(200)
        .json();
    assert_eq!(found["data"][0]["detail"], "box/a b/ä.txt");
}

#[tokio::test]
async fn a_url_with_anything_changed_gets_one_and_the_same_answer() {
    let files = Files::start().await;
    for key in ["a", "b"] {
        files.put(&format!("box/{key}"), "x").await.expect(201);
    }
    let url = sign(&files, reading("a")).await;
    let expires = url
        .split("expires=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    let later = (expires.parse::<i64>().unwrap() + 1).to_string();
    let (head, signature) = url.rsplit_once('=').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for changed in [
        url.replace("/box/a?", "/box/b?"),
        url.replace("/box/a?", "/box/none?"),
        url.replace("/box/", "/bax/"),
        url.replace("/box/", "/B/"),
        url.replace(&expires, &later),
        url.replace(&expires, "soon"),
        url.replace(&files.ada.id, &files.admin.id),
        format!("{url}&disposition=attachment"),
        format!("{url}&disposition=inline"),
        format!("{url}&more=1"),
        format!("{head}={flipped}{}", &signature[1..]),
        format!("{head}="),
        url.split('?').next().unwrap().to_owned(),
    ] {
        files
            .app
            .get(&changed)
            .await
            .expect_problem(403, "SIGNED_URL_INVALID");
    }
    files
        .app
        .put(&url)
        .body("x")
        .await
        .expect_problem(403, "SIGNED_URL_INVALID");
    files.app.get(&url).await.expect(200);
}

#[tokio::test]
async fn a_signed_url_ends_with_its_file_its_signer_or_the_bucket_s_epoch() {
    let files = Files::start().await;
    files.put("box/a", "x").await.expect(201);
    let refused = async |url: &str| {
        files.app.get(url).await.expect_problem(403, "SIGNED_URL_INVALID");
    };
    let url = sign(&files, reading("a")).await;
    let revoke = files.admin.post("/api/v1/storage/buckets/box/revoke-signed-urls");
    revoke.await.expect(204);
    refused(&url).await;
    let url = sign(&files, reading("a")).await;
    files.ada.delete(&at("box/a")).await.expect(204);
    files.put("box/a", "another").await.expect(201);
    refused(&url).await;
    let url = sign(&files, reading("a")).await;
    files.app.get(&url).await.expect(200);
    let disable = files
        .admin
        .post(&format!("/api/v1/users/{}/disable", files.ada.id));
    disable.await.expect(200);
    refused(&url).await;
    let found = files
        .admin
        .get("/api/v1/audit-events?kind=storage.signed_urls_revoked")
        .await
        .expect(200)
        .json();
    assert_eq!(found["data"][0]["detail"], "box");
}

#[tokio::test]
async fn a_signed_url_to_write_makes_a_file_of_whoever_signed_it() {
    let files = Files::start().await;
    let url = sign(&files, json!({ "key": "new", "method": "PUT", "expires_in": 60 })).await;
    files
        .app
        .get(&url)
        .await
        .expect_problem(403, "SIGNED_URL_INVALID");
    let made = files.app.put(&url).body("hello").await.expect(201).json();
    assert_eq!(made["owner_id"], json!(files.ada.id));
    assert_eq!(files.get("box/new").await.expect(200).text(), "hello");
    let elsewhere = url.replace("/box/new", "/box/other");
    files
        .app
        .put(&elsewhere)
        .body("x")
        .await
        .expect_problem(403, "SIGNED_URL_INVALID");
    let close = files
        .admin
        .patch("/api/v1/storage/buckets/box")
        .json(json!({ "open": false }));
    close.await.expect(200);
    files
        .app
        .put(&url)
        .body("x")
        .await
        .expect_problem(403, "SIGNED_URL_INVALID");
}

#[tokio::test]
async fn nobody_signs_what_they_may_not_do() {
    let files = Files::start().await;
    files.put("box/a", "x").await.expect(201);
    let eve = files.app.user("eve@example.com").await;
    let post = |body: Value| eve.post("/api/v1/storage/buckets/box/signed-urls").json(body);
    post(reading("a")).await.expect_problem(404, "NOT_FOUND");
    let writing = json!({ "key": "a", "method": "PUT", "expires_in": 60 });
    post(writing).await.expect_problem(409, "KEY_TAKEN");
    let long = json!({ "key": "a", "method": "GET", "expires_in": 604_801 });
    post(long).await.expect_invalid(&[("expires_in", "OUT_OF_RANGE")]);
}

#[tokio::test]
async fn a_signed_url_ends_when_its_signer_may_not_read_the_file_any_more() {
    let files = Files::start().await;
    files.put("box/a", "hello").await.expect(201);
    let role = json!({ "name": "auditor", "permissions": ["storage:read_all"] });
    files.admin.post("/api/v1/roles").json(role).await.expect(201);
    let bob = files.app.user("bob@example.com").await;
    let roles = format!("/api/v1/users/{}/roles", bob.id);
    let granted = json!({ "roles": ["user", "auditor"] });
    files.admin.put(&roles).json(granted).await.expect(200);
    let signing = bob.post("/api/v1/storage/buckets/box/signed-urls");
    let url = signing.json(reading("a")).await.expect(201).json();
    let url = url["url"].as_str().unwrap();
    files.app.get(url).await.expect(200);
    let taken = json!({ "roles": ["user"] });
    files.admin.put(&roles).json(taken).await.expect(200);
    let refused = files.app.get(url).await;
    refused.expect_problem(403, "SIGNED_URL_INVALID");
}
