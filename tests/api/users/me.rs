//! `GET`, `PATCH` and `DELETE /users/me`.

use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::json;

const ME: &str = "/api/v1/users/me";

#[tokio::test]
async fn reading_oneself_gives_an_etag_that_saves_the_next_answer() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let me = app.get(ME).bearer(&ada.access_token).send().await.expect(200);
    assert_eq!(me.json()["id"], ada.id);
    assert_eq!(me.header("cache-control"), Some("no-store"));
    let etag = me.header("etag").unwrap();
    for tag in [
        etag.to_owned(),
        format!("W/{etag}"),
        format!("\"x\", {etag}"),
        "*".to_owned(),
    ] {
        let request = app
            .get(ME)
            .bearer(&ada.access_token)
            .header("if-none-match", &tag);
        let same = request.send().await.expect(304);
        assert!(same.bytes().is_empty());
        assert_eq!(same.header("etag"), Some(etag));
    }
    let request = app
        .get(ME)
        .bearer(&ada.access_token)
        .header("if-none-match", "\"other\"");
    request.send().await.expect(200);
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let before = app.get(ME).bearer(&ada.access_token).send().await.expect(200);
    let patch = json!({ "username": "ada", "first_name": "Ada", "last_name": "Lovelace", "locale": "en-GB" });
    let after = app
        .patch(ME)
        .bearer(&ada.access_token)
        .json(patch)
        .send()
        .await
        .expect(200);
    assert_ne!(after.header("etag"), before.header("etag"));
    let user = after.json();
    assert_eq!(user["username"], "ada");
    assert_eq!(user["locale"], "en-GB");
    assert_eq!(user["email"], "ada@example.com");
    let patch = json!({ "first_name": "Augusta" });
    let user = app
        .patch(ME)
        .bearer(&ada.access_token)
        .json(patch)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(user["first_name"], "Augusta");
    assert_eq!(user["last_name"], "Lovelace");
    let read = app
        .get(ME)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(read, user);
}

#[tokio::test]
async fn null_empties_a_field_and_an_empty_patch_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let patch = |body| app.patch(ME).bearer(&ada.access_token).json(body).send();
    patch(json!({ "username": "ada", "first_name": "Ada" }))
        .await
        .expect(200);
    let cleared = patch(json!({ "username": null, "first_name": null }))
        .await
        .expect(200);
    assert!(cleared.json()["username"].is_null());
    assert!(cleared.json()["first_name"].is_null());
    let same = patch(json!({})).await.expect(200);
    assert_eq!(same.json(), cleared.json());
    assert_eq!(same.header("etag"), cleared.header("etag"));
}

#[tokio::test]
async fn unknown_and_immutable_fields_are_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for field in [
        "email",
        "roles",
        "role",
        "status",
        "id",
        "email_verified",
        "password",
        "created_at",
        "nickname",
    ] {
        let request = app
            .patch(ME)
            .bearer(&ada.access_token)
            .json(json!({ field: "x" }));
        request.send().await.expect_invalid(&[(field, "UNKNOWN_FIELD")]);
    }
}

#[tokio::test]
async fn refused_values_of_a_profile_are_all_named() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let body =
        json!({ "username": "a@b", "first_name": "", "last_name": "x".repeat(101), "locale": "not a tag" });
    let answer = app.patch(ME).bearer(&ada.access_token).json(body).send().await;
    answer.expect_invalid(&[
        ("username", "INVALID_USERNAME"),
        ("first_name", "INVALID_NAME"),
        ("last_name", "INVALID_NAME"),
        ("locale", "INVALID_LOCALE"),
    ]);
}

#[tokio::test]
async fn a_change_based_on_an_old_version_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let etag = app.get(ME).bearer(&ada.access_token).send().await.expect(200);
    let etag = etag.header("etag").unwrap().to_owned();
    let patch = |name: &str| {
        let request = app.patch(ME).bearer(&ada.access_token).header("if-match", &etag);
        request.json(json!({ "first_name": name })).send()
    };
    patch("Ada").await.expect(200);
    patch("Eve").await.expect_problem(412, "PRECONDITION_FAILED");
    let request = app.delete(ME).bearer(&ada.access_token).header("if-match", &etag);
    request.send().await.expect_problem(412, "PRECONDITION_FAILED");
    let me = app
        .get(ME)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(me["first_name"], "Ada");
}

#[tokio::test]
async fn an_if_match_that_is_no_etag_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for tag in ["7", "\"open", "W/"] {
        let request = app.patch(ME).bearer(&ada.access_token).header("if-match", tag);
        request
            .json(json!({}))
            .send()
            .await
            .expect_problem(400, "INVALID_HEADER");
    }
}

#[tokio::test]
async fn a_user_name_of_somebody_else_is_taken() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let name = |user: &mainstay_testkit::LoggedIn, name: &str| {
        app.patch(ME)
            .bearer(&user.access_token)
            .json(json!({ "username": name }))
            .send()
    };
    name(&ada, "ada").await.expect(200);
    name(&eve, "ADA").await.expect_problem(409, "USERNAME_TAKEN");
}

#[tokio::test]
async fn deleting_oneself_ends_every_token_at_once_and_the_login() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.user("ada@example.com").await,
        app.login("ada@example.com").await,
    );
    app.get(ME).bearer(&there.access_token).send().await.expect(200);
    app.delete(ME).bearer(&here.access_token).send().await.expect(204);
    for user in [&here, &there] {
        let me = app.get(ME).bearer(&user.access_token).send().await;
        me.expect_problem(401, "UNAUTHENTICATED");
        let body = json!({ "refresh_token": user.refresh_token });
        let refresh = app.post("/api/v1/auth/refresh").json(body).send().await;
        refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
    }
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let login = app.post("/api/v1/auth/login").json(body).send().await;
    assert!([401, 403].contains(&login.status()), "{}", login.text());
}

#[tokio::test]
async fn the_last_administrator_cannot_delete_themselves() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = app.delete(ME).bearer(&admin.access_token).send().await;
    answer.expect_problem(409, "LAST_ADMINISTRATOR");
    app.admin_named("second@example.com").await;
    app.delete(ME)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(204);
}
