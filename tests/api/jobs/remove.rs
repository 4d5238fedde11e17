//! Removing jobs.

use mainstay_testkit::TestApp;

use crate::mail::written::write_down;

#[tokio::test]
async fn an_operator_removes_what_nobody_wants_to_send() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = write_down(&app).await;
    let path = format!("/api/v1/jobs/{id}");
    let job = app.get(&path).bearer(&admin.access_token).send().await;
    let job = job.expect(200).json();
    assert_eq!(
        (job["status"].as_str(), job["priority"].as_str()),
        (Some("queued"), Some("high"))
    );
    let removed = app.delete(&path).bearer(&admin.access_token).send().await;
    removed.expect(204);
    for request in [
        app.get(&path),
        app.delete(&path),
        app.post(&format!("{path}/retry")),
    ] {
        let answer = request.bearer(&admin.access_token).send().await;
        answer.expect_problem(404, "NOT_FOUND");
    }
    assert_eq!(app.mailbox().all().await, []);
}
