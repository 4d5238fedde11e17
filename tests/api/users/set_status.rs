//! `POST /users/{id}/disable` and `/users/{id}/enable`.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};

async fn set(app: &TestApp, actor: &LoggedIn, id: &str, what: &str) -> TestResponse {
    let path = format!("/api/v1/users/{id}/{what}");
    app.post(&path).bearer(&actor.access_token).send().await
}

#[tokio::test]
async fn disabling_a_user_ends_their_token_at_once_and_enabling_lets_them_in_again() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let me = || app.get("/api/v1/users/me").bearer(&ada.access_token).send();
    me().await.expect(200);
    let disabled = set(&app, &admin, &ada.id, "disable").await.expect(200);
    assert_eq!(disabled.json()["status"], "disabled");
    me().await.expect_problem(401, "UNAUTHENTICATED");
    let enabled = set(&app, &admin, &ada.id, "enable").await.expect(200);
    assert_eq!(enabled.json()["status"], "active");
    me().await.expect_problem(401, "UNAUTHENTICATED");
    app.login("ada@example.com").await;
}

#[tokio::test]
async fn doing_it_twice_is_no_error_and_no_change() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let first = set(&app, &admin, &ada.id, "disable").await.expect(200);
    let second = set(&app, &admin, &ada.id, "disable").await.expect(200);
    assert_eq!(first.json(), second.json());
    assert_eq!(first.header("etag"), second.header("etag"));
}

#[tokio::test]
async fn a_deleted_user_is_not_there_but_can_be_restored() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    app.delete(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(204);
    let read = app.get(&path).bearer(&admin.access_token).send().await;
    read.expect_problem(404, "NOT_FOUND");
    set(&app, &admin, &ada.id, "disable")
        .await
        .expect_problem(404, "NOT_FOUND");
    set(&app, &admin, &ada.id, "enable").await.expect(200);
    app.login("ada@example.com").await;
}

#[tokio::test]
async fn the_last_administrator_cannot_be_disabled() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    set(&app, &admin, &admin.id, "disable")
        .await
        .expect_problem(409, "LAST_ADMINISTRATOR");
    let second = app.admin_named("second@example.com").await;
    set(&app, &admin, &second.id, "disable").await.expect(200);
    set(&app, &admin, &admin.id, "disable")
        .await
        .expect_problem(409, "LAST_ADMINISTRATOR");
}

async fn two_administrators_who_disable_each_other_leave_one(app: TestApp) {
    let (one, two) = (app.admin().await, app.admin_named("second@example.com").await);
    let pairs = [(&one, &two), (&two, &one)];
    let answers = crate::support::race(2, async |number| {
        let (actor, other) = pairs[number];
        set(&app, actor, &other.id, "disable").await
    })
    .await;
    let done = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(done, 1, "{} {}", answers[0].text(), answers[1].text());
}
on_every_database!(two_administrators_who_disable_each_other_leave_one);

#[tokio::test]
async fn an_old_version_an_unknown_user_and_a_plain_caller_are_refused() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    for what in ["disable", "enable"] {
        let path = format!("/api/v1/users/{}/{what}", ada.id);
        let old = app
            .post(&path)
            .bearer(&admin.access_token)
            .header("if-match", "\"old\"");
        old.send().await.expect_problem(412, "PRECONDITION_FAILED");
        app.post(&path)
            .send()
            .await
            .expect_problem(401, "UNAUTHENTICATED");
        set(&app, &ada, &admin.id, what)
            .await
            .expect_problem(403, "PERMISSION_DENIED");
        let unknown = "0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e";
        set(&app, &admin, unknown, what)
            .await
            .expect_problem(404, "NOT_FOUND");
    }
}
