//! Roles that can be used only with a second factor.

use mainstay_testkit::{LoggedIn, TestApp};

use super::support::{begin, protect, status, verify};

async fn may_list_users(app: &TestApp, access_token: &str) -> bool {
    let answer = app.get("/api/v1/users").bearer(access_token).send().await;
    answer.status() == 200
}

async fn strict() -> (TestApp, LoggedIn) {
    let app = TestApp::with("auth.mfa_required_for_roles", "admin")
        .start()
        .await;
    let admin = app.admin().await;
    (app, admin)
}

#[tokio::test]
async fn an_administrator_may_nothing_before_the_second_factor_and_all_at_once_after() {
    let (app, admin) = strict().await;
    assert!(!may_list_users(&app, &admin.access_token).await);
    assert_eq!(status(&app, &admin).await["required"], true);
    let admin = protect(&app, admin).await;
    assert!(may_list_users(&app, &admin.user.access_token).await);
    let token = begin(&app, "admin@example.com").await;
    let pair = verify(&app, &token, "totp", &admin.app.code())
        .await
        .expect(200)
        .json();
    assert!(may_list_users(&app, pair["access_token"].as_str().unwrap()).await);
}

#[tokio::test]
async fn the_last_factor_stays_while_a_role_demands_one() {
    let (app, admin) = strict().await;
    let admin = protect(&app, admin).await;
    let path = format!("/api/v1/auth/mfa/factors/{}?disable_mfa=true", admin.app.id);
    let answer = app.delete(&path).bearer(&admin.user.access_token).send().await;
    answer.expect_problem(409, "MFA_REQUIRED");
}

#[tokio::test]
async fn people_without_such_a_role_are_left_alone() {
    let (app, _admin) = strict().await;
    let ada = app.user("ada@example.com").await;
    assert_eq!(status(&app, &ada).await["required"], false);
    app.get("/api/v1/users/me")
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200);
}
