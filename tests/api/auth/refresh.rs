//! `POST /auth/refresh`.

use std::collections::BTreeSet;

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::json;

use crate::support::race;

async fn refresh(app: &TestApp, token: &str) -> TestResponse {
    let body = json!({ "refresh_token": token });
    app.post("/api/v1/auth/refresh").json(body).send().await
}

fn successor(answer: &TestResponse) -> String {
    answer.json()["refresh_token"].as_str().unwrap().to_owned()
}

async fn is_alive(app: &TestApp, user: &LoggedIn) -> bool {
    app.get("/api/v1/users/me")
        .bearer(&user.access_token)
        .send()
        .await
        .status()
        == 200
}

#[tokio::test]
async fn refreshing_gives_new_tokens_for_the_same_session() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let answer = refresh(&app, &ada.refresh_token).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let next = successor(&answer);
    assert_ne!(next, ada.refresh_token);
    let access = answer.json()["access_token"].as_str().unwrap().to_owned();
    let sessions = app.get("/api/v1/auth/sessions").bearer(&access).send().await;
    assert_eq!(sessions.expect(200).json()["data"].as_array().unwrap().len(), 1);
    refresh(&app, &next).await.expect(200);
}

#[tokio::test]
async fn a_repeated_refresh_within_the_window_gives_the_same_successor() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let first = refresh(&app, &ada.refresh_token).await.expect(200);
    let second = refresh(&app, &ada.refresh_token).await.expect(200);
    assert_eq!(successor(&first), successor(&second));
    refresh(&app, &successor(&first)).await.expect(200);
}

#[tokio::test]
async fn a_token_before_the_last_one_ends_the_family_even_within_the_window() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let second = successor(&refresh(&app, &ada.refresh_token).await.expect(200));
    let third = successor(&refresh(&app, &second).await.expect(200));
    refresh(&app, &ada.refresh_token)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
    refresh(&app, &third)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
}

#[tokio::test]
async fn reuse_after_the_window_ends_the_whole_family_and_is_audited() {
    let app = TestApp::with("auth.refresh_replay_window", "0s").start().await;
    let ada = app.user("ada@example.com").await;
    let other = app.login("ada@example.com").await;
    let next = successor(&refresh(&app, &ada.refresh_token).await.expect(200));
    assert!(is_alive(&app, &ada).await);
    refresh(&app, &ada.refresh_token)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
    refresh(&app, &next)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
    assert!(
        !is_alive(&app, &ada).await,
        "the access token of a stolen session lives on"
    );
    assert!(
        is_alive(&app, &other).await,
        "another session of the owner ended too"
    );
    let path = "/api/v1/users/me/audit-events?kind=auth.refresh_reused";
    let events = app
        .get(path)
        .bearer(&other.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(events["data"].as_array().unwrap().len(), 1, "{events}");
}

#[tokio::test]
async fn what_was_never_a_refresh_token_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let (good, end) = (&ada.refresh_token, ada.refresh_token.len());
    let last = if good.ends_with('A') { "B" } else { "A" };
    // The first character of the MAC, so that no padding bit is meant.
    let tampered = format!("{}{last}{}", &good[..end - 20], &good[end - 19..]);
    let (cut, longer) = (&good[..end - 4], format!("{good}AAAA"));
    let tokens = [
        "garbage",
        "mst_rt_",
        cut,
        &longer,
        &tampered,
        &ada.access_token,
        "mst_rt_\u{e9}",
    ];
    for token in tokens
        .into_iter()
        .filter(|token| *token != good && token.len() <= 256)
    {
        refresh(&app, token)
            .await
            .expect_problem(401, "INVALID_REFRESH_TOKEN");
    }
    refresh(&app, "")
        .await
        .expect_invalid(&[("refresh_token", "INVALID_LENGTH")]);
    refresh(&app, &"x".repeat(257))
        .await
        .expect_invalid(&[("refresh_token", "INVALID_LENGTH")]);
    refresh(&app, good).await.expect(200);
}

#[tokio::test]
async fn a_disabled_users_refresh_token_works_no_more() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}/disable", ada.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    refresh(&app, &ada.refresh_token)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
}

async fn fifty_refreshes_at_once_leave_exactly_one_lineage(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let answers = race(50, async |_| refresh(&app, &ada.refresh_token).await).await;
    let successors: BTreeSet<String> = answers
        .into_iter()
        .map(|answer| successor(&answer.expect(200)))
        .collect();
    assert_eq!(successors.len(), 1, "there is more than one living lineage");
    let living = successors.first().unwrap();
    assert_ne!(*living, ada.refresh_token);
    refresh(&app, living).await.expect(200);
}
on_every_database!(
    fifty_refreshes_at_once_leave_exactly_one_lineage,
    "auth.refresh_replay_window" = "60s"
);

async fn fifty_refreshes_without_a_window_never_fork_the_lineage(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let answers = race(50, async |_| refresh(&app, &ada.refresh_token).await).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status() == 200);
    let successors: BTreeSet<String> = won.into_iter().map(successor).collect();
    assert_eq!(successors.len(), 1);
    for answer in lost {
        answer.expect_problem(401, "INVALID_REFRESH_TOKEN");
    }
}
on_every_database!(
    fifty_refreshes_without_a_window_never_fork_the_lineage,
    "auth.refresh_replay_window" = "0s"
);
