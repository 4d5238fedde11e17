//! `GET /users/{id}`.

use mainstay_testkit::TestApp;

const UNKNOWN: &str = "0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e";

#[tokio::test]
async fn an_administrator_reads_a_user_and_saves_the_second_answer() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    let user = app
        .get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    assert_eq!(user.json()["email"], "ada@example.com");
    let etag = user.header("etag").unwrap();
    let request = app
        .get(&path)
        .bearer(&admin.access_token)
        .header("if-none-match", etag);
    request.send().await.expect(304);
}

#[tokio::test]
async fn a_user_who_does_not_exist_is_not_found() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = format!("/api/v1/users/{UNKNOWN}");
    let answer = app.get(&path).bearer(&admin.access_token).send().await;
    answer.expect_problem(404, "NOT_FOUND");
    for bad in ["7", "me2", "0190f5e27c1a7b3c9d4e5f6a7b8c9d0e", "%00"] {
        let answer = app
            .get(&format!("/api/v1/users/{bad}"))
            .bearer(&admin.access_token)
            .send()
            .await;
        answer.expect_invalid(&[("id", "INVALID_ID")]);
    }
}

#[tokio::test]
async fn a_plain_user_learns_nothing_about_others() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    for id in [ada.id.as_str(), eve.id.as_str(), UNKNOWN] {
        let answer = app
            .get(&format!("/api/v1/users/{id}"))
            .bearer(&eve.access_token)
            .send()
            .await;
        answer.expect_problem(403, "PERMISSION_DENIED");
    }
}
