//! `/api/v1/auth/api-keys`, and what keys open.

use std::time::Duration;

use mainstay_testkit::{LoggedIn, TestApp, TestDatabase, TestRequest, TestResponse};
use serde_json::{Value, json};

const KEYS: &str = "/api/v1/auth/api-keys";
const ME: &str = "/api/v1/users/me";
const USERS: &str = "/api/v1/users";

async fn try_create(app: &TestApp, owner: &LoggedIn, body: Value) -> TestResponse {
    app.post(KEYS).bearer(&owner.access_token).json(body).send().await
}

async fn create(app: &TestApp, owner: &LoggedIn, scopes: Value) -> Value {
    let body = json!({ "name": "nightly report", "scopes": scopes });
    try_create(app, owner, body).await.expect(201).json()
}

fn text<'a>(key: &'a Value, name: &str) -> &'a str {
    key[name].as_str().unwrap()
}

async fn get_with(app: &TestApp, path: &str, key: &Value) -> TestResponse {
    app.get(path).bearer(text(key, "key")).send().await
}

fn delete(app: &TestApp, owner: &LoggedIn, key: &Value) -> TestRequest {
    app.delete(&format!("{KEYS}/{}", text(key, "id")))
        .bearer(&owner.access_token)
}

async fn list(app: &TestApp, owner: &LoggedIn) -> Vec<Value> {
    let answer = app.get(KEYS).bearer(&owner.access_token).send().await.expect(200);
    answer.json()["data"].as_array().unwrap().clone()
}

async fn a_key_opens_what_its_scopes_say_until_it_is_ended(app: TestApp) {
    let admin = app.admin().await;
    let key = create(&app, &admin, json!(["users:read"])).await;
    get_with(&app, USERS, &key).await.expect(200);
    let me = get_with(&app, ME, &key).await.expect(200).json();
    assert_eq!(text(&me, "id"), admin.id);
    let denied = get_with(&app, "/api/v1/audit-events", &key).await;
    denied.expect_problem(403, "PERMISSION_DENIED");
    delete(&app, &admin, &key).send().await.expect(204);
    get_with(&app, USERS, &key)
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    delete(&app, &admin, &key)
        .send()
        .await
        .expect_problem(404, "NOT_FOUND");
}
on_every_database!(a_key_opens_what_its_scopes_say_until_it_is_ended);

#[tokio::test]
async fn a_new_key_is_shown_once_and_never_kept() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({ "name": "ci", "scopes": ["users:read"], "rate_limit": 60, "expires_at": "2999-01-01T00:00:00Z" });
    let answer = try_create(&app, &admin, body).await.expect(201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let made = answer.json();
    let location = format!("{KEYS}/{}", text(&made, "id"));
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let secret = text(&made, "key");
    let (prefix, rest) = secret.rsplit_once('_').unwrap();
    assert_eq!((prefix, rest.len()), (text(&made, "prefix"), 49));
    assert_eq!(prefix, format!("mst_ak_{}", text(&made, "id").replace('-', "")));
    let listed = app.get(KEYS).bearer(&admin.access_token).send().await;
    let one = app
        .get(&location)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    for shown in [listed.text(), one.text()] {
        assert!(!shown.contains(rest) && !shown.contains("hash"), "{shown}");
    }
    let mut without = made.clone();
    without.as_object_mut().unwrap().remove("key");
    assert_eq!(one.json(), without);
    assert_eq!(without["expires_at"], "2999-01-01T00:00:00Z");
    assert_eq!(
        (&without["rate_limit"], &without["last_used_at"]),
        (&json!(60), &json!(null))
    );
}

#[tokio::test]
async fn a_key_may_come_in_either_header_but_not_two_keys_in_both() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let (key, other) = (
        create(&app, &ada, json!([])).await,
        create(&app, &ada, json!([])).await,
    );
    let (key, other) = (text(&key, "key"), text(&other, "key"));
    app.get(ME).header("x-api-key", key).send().await.expect(200);
    app.get(ME)
        .header("x-api-key", key)
        .bearer(key)
        .send()
        .await
        .expect(200);
    for bearer in [other, ada.access_token.as_str(), "nonsense"] {
        let answer = app.get(ME).header("x-api-key", key).bearer(bearer).send().await;
        answer.expect_problem(400, "INVALID_HEADER");
    }
    let twice = app.get(ME).header("x-api-key", key).header("x-api-key", other);
    twice.send().await.expect_problem(400, "INVALID_HEADER");
    let token = app.get(ME).header("x-api-key", &ada.access_token).send().await;
    token.expect_problem(401, "UNAUTHENTICATED");
    app.get(&format!("{ME}?api_key={key}"))
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_key_that_is_almost_right_is_refused_like_an_unknown_one() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let (hers, other) = (
        create(&app, &ada, json!([])).await,
        create(&app, &eve, json!([])).await,
    );
    let (key, other) = (text(&hers, "key").to_owned(), text(&other, "key").to_owned());
    let (id, secret) = key.rsplit_once('_').unwrap();
    let (other_id, other_secret) = other.rsplit_once('_').unwrap();
    let unknown = app.get(ME).bearer("mst_ak_0_0").send().await;
    let expected = unknown.expect_problem(401, "UNAUTHENTICATED");
    for wrong in [
        format!("{other_id}_{secret}"),
        format!("{id}_{other_secret}"),
        key.to_uppercase(),
        format!("{key}0"),
        key[..key.len() - 1].to_owned(),
        format!("{id}_"),
        key.replace("mst_ak_", ""),
        "mst_ak_".to_owned(),
    ] {
        let answer = app.get(ME).bearer(&wrong).send().await;
        let problem = answer.expect_problem(401, "UNAUTHENTICATED");
        assert_eq!(problem["title"], expected["title"], "{wrong}");
    }
    app.get(ME).bearer(&key).send().await.expect(200);
}

#[tokio::test]
async fn a_key_cannot_do_what_only_people_who_are_logged_in_may() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = create(&app, &admin, json!(["users:read", "users:write", "roles:write"])).await;
    let own = format!("{KEYS}/{}", text(&key, "id"));
    let bearer = |request: TestRequest| request.bearer(text(&key, "key"));
    for request in [
        app.post(KEYS).json(json!({ "name": "more", "scopes": [] })),
        app.get(KEYS),
        app.get(&own),
        app.patch(&own).json(json!({ "name": "mine" })),
        app.delete(&own),
        app.post("/api/v1/auth/logout"),
        app.post("/api/v1/auth/logout-all"),
        app.get("/api/v1/auth/sessions"),
        app.post("/api/v1/auth/change-password")
            .json(json!({ "current_password": "x", "new_password": "correct horse battery" })),
        app.patch(ME).json(json!({ "first_name": "Mallory" })),
        app.delete(ME),
        app.get("/api/v1/users/me/audit-events"),
    ] {
        bearer(request)
            .send()
            .await
            .expect_problem(403, "SESSION_REQUIRED");
    }
    let refresh = app
        .post("/api/v1/auth/refresh")
        .json(json!({ "refresh_token": text(&key, "key") }));
    refresh.send().await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    app.get(ME).bearer(&admin.access_token).send().await.expect(200);
}

#[tokio::test]
async fn a_key_never_does_more_than_its_owner_may_at_that_time() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let set_roles = |roles: Value| {
        let request = app
            .put(&format!("{USERS}/{}/roles", ada.id))
            .bearer(&admin.access_token);
        request.json(json!({ "roles": roles })).send()
    };
    let escalated = try_create(&app, &ada, json!({ "name": "later", "scopes": ["users:read"] })).await;
    escalated.expect_invalid(&[("scopes", "PERMISSION_NOT_HELD")]);
    let before = create(&app, &ada, json!([])).await;
    set_roles(json!(["admin"])).await.expect(200);
    get_with(&app, USERS, &before)
        .await
        .expect_problem(403, "PERMISSION_DENIED");
    let key = create(&app, &ada, json!(["users:read"])).await;
    get_with(&app, USERS, &key).await.expect(200);
    let more = get_with(&app, "/api/v1/roles", &key).await;
    more.expect_problem(403, "PERMISSION_DENIED");
    set_roles(json!(["user"])).await.expect(200);
    get_with(&app, USERS, &key)
        .await
        .expect_problem(403, "PERMISSION_DENIED");
    set_roles(json!(["admin"])).await.expect(200);
    get_with(&app, USERS, &key).await.expect(200);
}

#[tokio::test]
async fn a_key_with_few_scopes_cannot_use_its_owners_rank() {
    let app = TestApp::start().await;
    let (admin, eve) = (app.admin().await, app.user("eve@example.com").await);
    let key = create(&app, &admin, json!(["roles:write", "users:write"])).await;
    let promote = app
        .put(&format!("{USERS}/{}/roles", eve.id))
        .bearer(text(&key, "key"));
    let answer = promote.json(json!({ "roles": ["admin"] })).send().await;
    answer.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    let grant = json!({ "name": "spies", "permissions": ["audit:read"] });
    let answer = app
        .post("/api/v1/roles")
        .bearer(text(&key, "key"))
        .json(grant)
        .send()
        .await;
    answer.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
}

#[tokio::test]
async fn the_keys_of_somebody_else_do_not_exist() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let key = create(&app, &ada, json!([])).await;
    let path = format!("{KEYS}/{}", text(&key, "id"));
    for request in [
        app.get(&path),
        app.delete(&path),
        app.patch(&path).json(json!({ "name": "mine now" })),
    ] {
        let answer = request.bearer(&admin.access_token).send().await;
        answer.expect_problem(404, "NOT_FOUND");
    }
    assert!(list(&app, &admin).await.is_empty());
    get_with(&app, ME, &key).await.expect(200);
}

#[tokio::test]
async fn disabling_or_deleting_an_owner_voids_the_keys_for_good() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (name, end) in [("ada", "disable"), ("eve", "delete")] {
        let owner = app.user(&format!("{name}@example.com")).await;
        let key = create(&app, &owner, json!([])).await;
        get_with(&app, ME, &key).await.expect(200);
        let path = format!("{USERS}/{}", owner.id);
        let request = match end {
            "disable" => app.post(&format!("{path}/disable")),
            _ => app.delete(&path),
        };
        let answer = request.bearer(&admin.access_token).send().await;
        assert!(answer.status() < 300, "{}", answer.text());
        get_with(&app, ME, &key)
            .await
            .expect_problem(401, "UNAUTHENTICATED");
        let enable = app.post(&format!("{path}/enable")).bearer(&admin.access_token);
        enable.send().await.expect(200);
        get_with(&app, ME, &key)
            .await
            .expect_problem(401, "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn refused_keys_name_every_field_that_is_wrong() {
    let app = TestApp::with("auth.api_key_max_ttl", "30d")
        .with("auth.api_key_rate_limit", "100")
        .start()
        .await;
    let admin = app.admin().await;
    for (change, field, code) in [
        (json!({ "name": "" }), "name", "INVALID_LENGTH"),
        (
            json!({ "scopes": ["Users Read"] }),
            "scopes",
            "INVALID_PERMISSION",
        ),
        (json!({ "scopes": ["no:such"] }), "scopes", "UNKNOWN_PERMISSION"),
        (
            json!({ "expires_at": "2001-01-01T00:00:00Z" }),
            "expires_at",
            "EXPIRY_PAST",
        ),
        (
            json!({ "expires_at": "2999-01-01T00:00:00Z" }),
            "expires_at",
            "EXPIRY_TOO_LATE",
        ),
        (json!({ "rate_limit": 101 }), "rate_limit", "RATE_LIMIT_TOO_HIGH"),
    ] {
        let mut body = json!({ "name": "ci", "scopes": [] });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        try_create(&app, &admin, body)
            .await
            .expect_invalid(&[(field, code)]);
    }
    for change in [
        json!({ "rate_limit": 0 }),
        json!({ "user_id": admin.id }),
        json!({ "key": "mine" }),
    ] {
        let mut body = json!({ "name": "ci", "scopes": [] });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        try_create(&app, &admin, body)
            .await
            .expect_problem(422, "VALIDATION_FAILED");
    }
    let made = create(&app, &admin, json!([])).await;
    assert!(
        made["expires_at"].is_string(),
        "keys live as long as they may: {made}"
    );
}

#[tokio::test]
async fn an_account_has_only_as_many_keys_as_it_may() {
    let app = TestApp::with("auth.api_key_max_per_user", "2").start().await;
    let ada = app.user("ada@example.com").await;
    let first = create(&app, &ada, json!([])).await;
    create(&app, &ada, json!([])).await;
    let third = try_create(&app, &ada, json!({ "name": "third", "scopes": [] })).await;
    third.expect_problem(409, "API_KEY_LIMIT");
    delete(&app, &ada, &first).send().await.expect(204);
    create(&app, &ada, json!([])).await;
}

#[tokio::test]
async fn a_key_that_is_used_too_often_is_told_to_wait_and_others_are_not() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "name": "busy", "scopes": [], "rate_limit": 3 });
    let busy = try_create(&app, &ada, body).await.expect(201).json();
    let calm = create(&app, &ada, json!([])).await;
    for _ in 0..3 {
        get_with(&app, ME, &busy).await.expect(200);
    }
    let answer = get_with(&app, ME, &busy).await;
    answer.expect_problem(429, "TOO_MANY_REQUESTS");
    let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    get_with(&app, ME, &calm).await.expect(200);
    app.get(ME).bearer(&ada.access_token).send().await.expect(200);
}

#[tokio::test]
async fn the_last_use_of_a_key_is_written_down_apart_from_requests() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let key = create(&app, &ada, json!([])).await;
    get_with(&app, ME, &key).await.expect(200);
    assert_eq!(list(&app, &ada).await[0]["last_used_at"], json!(null));
    let keys = &app.services().api_keys;
    assert_eq!(keys.note_uses().await.unwrap(), 1);
    assert!(list(&app, &ada).await[0]["last_used_at"].is_string());
    assert_eq!(keys.note_uses().await.unwrap(), 0);
}

#[tokio::test]
async fn a_key_that_expired_is_listed_for_a_while_and_then_removed() {
    let app = TestApp::with("auth.api_key_keep_expired", "10d").start().await;
    let ada = app.user("ada@example.com").await;
    let now = app.context().clock.now();
    let body = json!({ "name": "short", "scopes": [], "expires_at": now + Duration::from_secs(60) });
    try_create(&app, &ada, body).await.expect(201);
    let lasting = create(&app, &ada, json!([])).await;
    let keys = &app.services().api_keys;
    let after = |days: u64| now + Duration::from_secs(days * 86_400);
    assert_eq!(keys.purge_expired(after(10)).await.unwrap(), 0);
    assert_eq!(list(&app, &ada).await.len(), 2);
    assert_eq!(keys.purge_expired(after(11)).await.unwrap(), 1);
    assert_eq!(keys.purge_expired(after(9_999)).await.unwrap(), 0);
    let left = list(&app, &ada).await;
    assert_eq!((left.len(), &left[0]["id"]), (1, &lasting["id"]));
}

#[tokio::test]
async fn a_key_can_be_renamed_and_nothing_else_about_it_changed() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let key = create(&app, &ada, json!([])).await;
    let path = format!("{KEYS}/{}", text(&key, "id"));
    let patch = |body: Value| app.patch(&path).bearer(&ada.access_token).json(body).send();
    let renamed = patch(json!({ "name": "weekly" })).await.expect(200).json();
    assert_eq!(renamed["name"], "weekly");
    for body in [
        json!({ "name": "x", "scopes": ["users:read"] }),
        json!({ "name": "x", "expires_at": null }),
    ] {
        patch(body).await.expect_problem(422, "VALIDATION_FAILED");
    }
    get_with(&app, ME, &key).await.expect(200);
}

#[tokio::test]
async fn what_happens_to_keys_is_audited_without_the_keys() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let key = create(&app, &ada, json!([])).await;
    let path = format!("{KEYS}/{}", text(&key, "id"));
    let rename = app
        .patch(&path)
        .bearer(&ada.access_token)
        .json(json!({ "name": "weekly" }));
    rename.send().await.expect(200);
    delete(&app, &ada, &key).send().await.expect(204);
    let events = app
        .get("/api/v1/users/me/audit-events")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    let secret = text(&key, "key").rsplit_once('_').unwrap().1;
    assert!(!events.text().contains(secret));
    for kind in [
        "auth.api_key_created",
        "auth.api_key_renamed",
        "auth.api_key_revoked",
    ] {
        let events = events.json();
        let event = events["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|event| event["kind"] == kind);
        assert_eq!(event.unwrap()["detail"], key["id"], "{kind}");
    }
}

#[tokio::test]
async fn a_key_that_was_ended_on_one_replica_is_refused_by_the_other_within_a_second() {
    let database = TestDatabase::Sqlite.create().await.unwrap();
    let here = TestApp::with("database.url", database.url()).start().await;
    let there = TestApp::with("database.url", database.url()).start().await;
    let ada = here.user("ada@example.com").await;
    let key = create(&here, &ada, json!([])).await;
    get_with(&there, ME, &key).await.expect(200);
    delete(&here, &ada, &key).send().await.expect(204);
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    get_with(&there, ME, &key)
        .await
        .expect_problem(401, "UNAUTHENTICATED");
}
