//! From registration to logout, and an administrator's day.

use futures::future::join_all;
use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::{Value, json};

async fn a_person_registers_logs_in_edits_refreshes_and_logs_out(app: TestApp) {
    let body =
        json!({ "email": "Zo\u{eb}@Example.com", "password": PASSWORD, "first_name": "\u{1f98a} Zo\u{eb}" });
    let made = app
        .post("/api/v1/auth/register")
        .json(body)
        .send()
        .await
        .expect(201)
        .json();
    let upper = json!({ "email": "ZO\u{cb}@EXAMPLE.COM", "password": PASSWORD });
    let taken = app.post("/api/v1/auth/register").json(upper.clone()).send().await;
    taken.expect_problem(409, "EMAIL_TAKEN");
    let tokens = app
        .post("/api/v1/auth/login")
        .json(upper)
        .send()
        .await
        .expect(200)
        .json();
    let access = tokens["access_token"].as_str().unwrap();
    let me = app
        .get("/api/v1/users/me")
        .bearer(access)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(me["id"], made["id"]);
    assert_eq!(me["first_name"], "\u{1f98a} Zo\u{eb}");
    assert_eq!(me["created_at"], made["created_at"], "times keep their precision");
    let patch = json!({ "username": "zoe", "locale": "fr" });
    let changed = app
        .patch("/api/v1/users/me")
        .bearer(access)
        .json(patch)
        .send()
        .await
        .expect(200);
    let read = app
        .get("/api/v1/users/me")
        .bearer(access)
        .send()
        .await
        .expect(200);
    assert_eq!(read.json(), changed.json());
    assert_eq!(read.header("etag"), changed.header("etag"));
    let body = json!({ "refresh_token": tokens["refresh_token"] });
    let next = app
        .post("/api/v1/auth/refresh")
        .json(body)
        .send()
        .await
        .expect(200)
        .json();
    let access = next["access_token"].as_str().unwrap();
    app.post("/api/v1/auth/logout")
        .bearer(access)
        .send()
        .await
        .expect(204);
    let me = app.get("/api/v1/users/me").bearer(access).send().await;
    me.expect_problem(401, "UNAUTHENTICATED");
    let body = json!({ "refresh_token": next["refresh_token"] });
    let refresh = app.post("/api/v1/auth/refresh").json(body).send().await;
    refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
}
on_every_database!(a_person_registers_logs_in_edits_refreshes_and_logs_out);

async fn an_administrator_lists_grants_disables_and_deletes(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    for n in 0..5 {
        app.register(&format!("user_{n}%@example.com")).await;
    }
    let get = async |path: &str| {
        app.get(path)
            .bearer(&admin.access_token)
            .send()
            .await
            .expect(200)
            .json()
    };
    let emails = |list: &Value| -> Vec<String> {
        let users = list["data"].as_array().unwrap();
        users
            .iter()
            .map(|user| user["email"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = get("/api/v1/users?limit=4&sort=email&total=true").await;
    assert_eq!(first["page"]["total"], 7);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let rest = get(&format!("/api/v1/users?limit=4&sort=email&cursor={cursor}")).await;
    let mut seen = emails(&first);
    seen.extend(emails(&rest));
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(
        emails(&get("/api/v1/users?q=USER_3%25").await),
        ["user_3%@example.com"]
    );
    let path = format!("/api/v1/users/{}", ada.id);
    let roles = json!({ "roles": ["admin"] });
    app.put(&format!("{path}/roles"))
        .bearer(&admin.access_token)
        .json(roles)
        .send()
        .await
        .expect(200);
    app.get("/api/v1/users")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
    app.post(&format!("{path}/disable"))
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let me = app.get("/api/v1/users/me").bearer(&ada.access_token).send().await;
    me.expect_problem(401, "UNAUTHENTICATED");
    app.delete(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(204);
    let last = app
        .delete("/api/v1/users/me")
        .bearer(&admin.access_token)
        .send()
        .await;
    last.expect_problem(409, "LAST_ADMINISTRATOR");
    let events = get(&format!("/api/v1/audit-events?subject_id={}", ada.id)).await;
    let kinds: Vec<_> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["kind"])
        .collect();
    assert_eq!(
        kinds,
        [
            "user.deleted",
            "user.disabled",
            "user.roles_changed",
            "auth.login_succeeded",
            "user.registered"
        ]
    );
}
on_every_database!(an_administrator_lists_grants_disables_and_deletes);

async fn writers_at_once_never_see_a_lock_or_lose_a_change(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let writes = (0..30).map(|n| {
        let body = json!({ "first_name": format!("Ada {n}") });
        app.patch("/api/v1/users/me")
            .bearer(&ada.access_token)
            .json(body)
            .send()
    });
    let answers = join_all(writes).await;
    for answer in &answers {
        // A change may lose against others too often; it must say so.
        assert!([200, 412].contains(&answer.status()), "{}", answer.text());
    }
    let done = answers.iter().filter(|answer| answer.status() == 200).count();
    let path = "/api/v1/users/me/audit-events?kind=user.updated&limit=100";
    let events = app
        .get(path)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(
        events["data"].as_array().unwrap().len(),
        done,
        "a change without an event, or the reverse"
    );
    assert!(done >= 5, "only {done} of 30");
}
on_every_database!(writers_at_once_never_see_a_lock_or_lose_a_change);
