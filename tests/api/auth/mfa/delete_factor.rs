//! `DELETE /auth/mfa/factors/{id}`.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};

use super::support::{confirm, enrol, protected, status};
use crate::support::race;

async fn delete(app: &TestApp, user: &LoggedIn, id: &str, query: &str) -> TestResponse {
    let path = format!("/api/v1/auth/mfa/factors/{id}{query}");
    app.delete(&path).bearer(&user.access_token).send().await
}

#[tokio::test]
async fn the_last_factor_does_not_vanish_by_accident() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    delete(&app, &ada.user, &ada.app.id, "")
        .await
        .expect_problem(409, "LAST_FACTOR");
    delete(&app, &ada.user, &ada.app.id, "?disable_mfa=true")
        .await
        .expect(204);
    let shown = status(&app, &ada.user).await;
    assert_eq!(
        (&shown["enabled"], &shown["recovery_codes_left"]),
        (&false.into(), &0.into())
    );
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!((mail.template(), mail.value("method")), ("mfa_disabled", "totp"));
    app.login("ada@example.com").await;
}

#[tokio::test]
async fn one_factor_of_two_goes_and_the_codes_stay() {
    let app = TestApp::start().await;
    let ada = protected(&app, "ada@example.com").await;
    let tablet = enrol(&app, &ada.user).await;
    confirm(&app, &ada.user, &tablet.id, &tablet.code())
        .await
        .expect(200);
    delete(&app, &ada.user, &ada.app.id, "").await.expect(204);
    let shown = status(&app, &ada.user).await;
    assert_eq!(
        (&shown["enabled"], &shown["recovery_codes_left"]),
        (&true.into(), &10.into())
    );
    delete(&app, &ada.user, &ada.app.id, "")
        .await
        .expect_problem(404, "NOT_FOUND");
}

async fn of_two_factors_given_up_at_once_one_stays(app: TestApp) {
    let ada = protected(&app, "ada@example.com").await;
    let tablet = enrol(&app, &ada.user).await;
    confirm(&app, &ada.user, &tablet.id, &tablet.code())
        .await
        .expect(200);
    let ids = [&ada.app.id, &tablet.id];
    let answers = race(2, async |number| delete(&app, &ada.user, ids[number], "").await).await;
    let mut statuses: Vec<u16> = answers.iter().map(TestResponse::status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(status(&app, &ada.user).await["enabled"], true);
}
on_every_database!(of_two_factors_given_up_at_once_one_stays);

#[tokio::test]
async fn the_factor_of_somebody_else_is_not_found() {
    let app = TestApp::start().await;
    let (ada, eve) = (
        protected(&app, "ada@example.com").await,
        protected(&app, "eve@example.com").await,
    );
    let answer = delete(&app, &eve.user, &ada.app.id, "?disable_mfa=true").await;
    answer.expect_problem(404, "NOT_FOUND");
    assert_eq!(status(&app, &ada.user).await["enabled"], true);
}
