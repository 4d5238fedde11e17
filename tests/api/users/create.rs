//! `POST /users`.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::{Value, json};

async fn create(app: &TestApp, actor: &LoggedIn, body: Value) -> TestResponse {
    app.post("/api/v1/users")
        .bearer(&actor.access_token)
        .json(body)
        .send()
        .await
}

#[tokio::test]
async fn a_created_user_is_invited_and_has_a_place() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body =
        json!({ "email": "grace@example.com", "username": "grace", "locale": "en", "roles": ["user"] });
    let made = create(&app, &admin, body).await.expect(201);
    let user = made.json();
    assert_eq!(user["status"], "invited");
    assert_eq!(user["roles"], json!(["user"]));
    assert_eq!(
        made.header("location"),
        Some(format!("/api/v1/users/{}", user["id"].as_str().unwrap()).as_str())
    );
    let read = app
        .get(made.header("location").unwrap())
        .bearer(&admin.access_token)
        .send()
        .await;
    assert_eq!(read.expect(200).json(), user);
    assert_eq!(
        read_etag(&app, &admin, &user).await,
        made.header("etag").map(str::to_owned)
    );
}

async fn read_etag(app: &TestApp, admin: &LoggedIn, user: &Value) -> Option<String> {
    let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    let read = app.get(&path).bearer(&admin.access_token).send().await;
    read.header("etag").map(str::to_owned)
}

#[tokio::test]
async fn addresses_and_user_names_are_unique_whatever_their_case() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    create(
        &app,
        &admin,
        json!({ "email": "grace@example.com", "username": "grace" }),
    )
    .await
    .expect(201);
    let same = create(&app, &admin, json!({ "email": "GRACE@example.com" })).await;
    same.expect_problem(409, "EMAIL_TAKEN");
    let same = create(
        &app,
        &admin,
        json!({ "email": "other@example.com", "username": "GRACE" }),
    )
    .await;
    same.expect_problem(409, "USERNAME_TAKEN");
}

#[tokio::test]
async fn an_administrator_never_sets_a_password_or_a_status() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for field in ["password", "status", "email_verified"] {
        let body = json!({ "email": "grace@example.com", field: "x" });
        create(&app, &admin, body)
            .await
            .expect_invalid(&[(field, "UNKNOWN_FIELD")]);
    }
}

#[tokio::test]
async fn refused_fields_and_unknown_roles_are_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({ "email": "grace", "username": "g", "first_name": "", "locale": "?", "roles": ["NO"] });
    create(&app, &admin, body).await.expect_invalid(&[
        ("email", "INVALID_EMAIL"),
        ("username", "INVALID_USERNAME"),
        ("first_name", "INVALID_NAME"),
        ("locale", "INVALID_LOCALE"),
        ("roles", "INVALID_ROLE_NAME"),
    ]);
    let body = json!({ "email": "grace@example.com", "roles": ["no-such-role"] });
    create(&app, &admin, body)
        .await
        .expect_invalid(&[("roles", "UNKNOWN_ROLE")]);
    create(&app, &admin, json!({ "email": "grace@example.com" }))
        .await
        .expect(201);
}

#[tokio::test]
async fn one_idempotency_key_creates_one_user_for_each_caller() {
    let app = TestApp::start().await;
    let (admin, other) = (app.admin().await, app.admin_named("second@example.com").await);
    let send = |actor: &LoggedIn| {
        let request = app
            .post("/api/v1/users")
            .bearer(&actor.access_token)
            .header("idempotency-key", "k");
        request.json(json!({ "email": "grace@example.com" })).send()
    };
    let first = send(&admin).await.expect(201);
    let second = send(&admin).await.expect(201);
    assert_eq!(first.bytes(), second.bytes());
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    send(&other).await.expect_problem(409, "EMAIL_TAKEN");
}

#[tokio::test]
async fn creating_users_needs_the_permission_to_write_them() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "email": "grace@example.com" });
    app.post("/api/v1/users")
        .json(body.clone())
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    create(&app, &ada, body)
        .await
        .expect_problem(403, "PERMISSION_DENIED");
}
