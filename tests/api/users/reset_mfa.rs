//! `POST /users/{id}/mfa/reset`.

use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::json;

use crate::auth::mfa::support::{begin, protect, protected, verify};

async fn reset(app: &TestApp, actor: &LoggedIn, id: &str) -> TestResponse {
    let path = format!("/api/v1/users/{id}/mfa/reset");
    app.post(&path).bearer(&actor.access_token).send().await
}

#[tokio::test]
async fn somebody_who_lost_everything_logs_in_with_one_factor_again() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, protected(&app, "ada@example.com").await);
    let begun = begin(&app, "ada@example.com").await;
    reset(&app, &admin, &ada.user.id).await.expect(204);
    // Whatever was open before has ended, a login that was half done included.
    let me = app
        .get("/api/v1/users/me")
        .bearer(&ada.user.access_token)
        .send()
        .await;
    me.expect_problem(401, "UNAUTHENTICATED");
    let half = verify(&app, &begun, "recovery_code", &ada.recovery_codes[0]).await;
    half.expect_problem(401, "INVALID_MFA_TOKEN");
    app.login("ada@example.com").await;
    let mail = app.mailbox().last_to("ada@example.com").await;
    assert_eq!(mail.template(), "mfa_reset_by_admin");
    let path = format!(
        "/api/v1/audit-events?kind=auth.mfa_reset&subject_id={}",
        ada.user.id
    );
    let events = app
        .get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(events["data"][0]["actor_id"], json!(admin.id));
}

#[tokio::test]
async fn administrators_reset_neither_themselves_nor_their_betters() {
    let app = TestApp::start().await;
    let (admin, helper) = (app.admin().await, app.user("helper@example.com").await);
    let admin = protect(&app, admin).await.user;
    reset(&app, &admin, &admin.id)
        .await
        .expect_problem(409, "OWN_MFA_RESET");
    let body = json!({ "name": "helpdesk", "permissions": ["users:write"] });
    let role = app.post("/api/v1/roles").bearer(&admin.access_token).json(body);
    role.send().await.expect(201);
    let path = format!("/api/v1/users/{}/roles", helper.id);
    let grant = app
        .put(&path)
        .bearer(&admin.access_token)
        .json(json!({ "roles": ["helpdesk"] }));
    grant.send().await.expect(200);
    let answer = reset(&app, &helper, &admin.id).await;
    answer.expect_problem(403, "INSUFFICIENT_PRIVILEGE");
    let nobody = "01890000-0000-7000-8000-000000000000";
    reset(&app, &admin, nobody).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn whoever_has_a_shell_on_the_server_can_help_too() {
    let app = TestApp::start().await;
    protected(&app, "ada@example.com").await;
    let email = mainstay_domain::Email::parse("ada@example.com").unwrap();
    app.services().users.reset_mfa_by_address(&email).await.unwrap();
    app.login("ada@example.com").await;
}
