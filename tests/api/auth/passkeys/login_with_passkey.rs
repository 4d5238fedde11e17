//! `POST /auth/passkeys/login`.

use mainstay_testkit::TestApp;
use serde_json::json;

use super::support::{SoftAuthenticator, log_in, login_options, registered, server};
use crate::{auth::mfa::support::let_time_pass, support::race};

#[tokio::test]
async fn a_passkey_that_verified_its_user_logs_in_by_itself() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&app, &ada).await;
    let options = login_options(&app).await;
    assert_eq!(
        options["allowCredentials"],
        json!([]),
        "nothing is told about any account"
    );
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["rpId"], "localhost");
    let answer = log_in(&app, authenticator.get(&options)).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let access = answer.json()["access_token"].as_str().unwrap().to_owned();
    let me = app
        .get("/api/v1/users/me")
        .bearer(&access)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(me["email"], "ada@example.com");
    // It counts as two factors, for sensitive operations too.
    let codes = app.post("/api/v1/auth/mfa/recovery-codes").bearer(&access);
    codes.send().await.expect(200);
}

#[tokio::test]
async fn a_passkey_that_was_only_touched_does_not_log_in_alone() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&app, &ada).await;
    authenticator.verifies_user = false;
    let used = authenticator.get(&login_options(&app).await);
    log_in(&app, used).await.expect_problem(403, "PASSKEY_REFUSED");
}

#[tokio::test]
async fn an_answer_is_taken_once_and_a_challenge_dies_with_the_first_attempt() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&app, &ada).await;
    let used = authenticator.get(&login_options(&app).await);
    log_in(&app, used.clone()).await.expect(200);
    log_in(&app, used).await.expect_problem(403, "PASSKEY_REFUSED");
    let options = login_options(&app).await;
    let mut spoiled = authenticator.get(&options);
    spoiled["response"]["signature"] = json!("AAAA");
    log_in(&app, spoiled).await.expect_problem(403, "PASSKEY_REFUSED");
    // Two zeros in the place of r and s, which careless verifiers took for good.
    let mut zeros = authenticator.get(&login_options(&app).await);
    zeros["response"]["signature"] = json!("MAYCAQACAQA");
    log_in(&app, zeros).await.expect_problem(403, "PASSKEY_REFUSED");
    let right = authenticator.get(&options);
    log_in(&app, right).await.expect_problem(403, "PASSKEY_REFUSED");
}

#[tokio::test]
async fn what_was_signed_elsewhere_or_by_another_key_is_refused() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (authenticator, _) = registered(&app, &ada).await;
    let twist: [fn(&mut SoftAuthenticator); 6] = [
        |it| it.origin = "https://evil.example".to_owned(),
        |it| it.rp_id = "evil.example".to_owned(),
        |it| it.cross_origin = true,
        |it| it.kind = Some("webauthn.create"),
        |it| it.user_handle = Some(vec![0; 16]),
        |it| it.credential_id = vec![1, 2, 3],
    ];
    for (number, twist) in twist.into_iter().enumerate() {
        let mut forged = SoftAuthenticator::new();
        forged.credential_id.clone_from(&authenticator.credential_id);
        forged.user_handle.clone_from(&authenticator.user_handle);
        twist(&mut forged);
        let answer = log_in(&app, forged.get(&login_options(&app).await)).await;
        assert_eq!(answer.status(), 403, "{number}: {}", answer.text());
    }
    // The same with everything right but the key.
    let mut forged = SoftAuthenticator::new();
    forged.credential_id.clone_from(&authenticator.credential_id);
    let answer = log_in(&app, forged.get(&login_options(&app).await)).await;
    answer.expect_problem(403, "PASSKEY_REFUSED");
}

#[tokio::test]
async fn a_count_that_goes_back_is_refused_and_noted() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&app, &ada).await;
    authenticator.count = Some(5);
    log_in(&app, authenticator.get(&login_options(&app).await))
        .await
        .expect(200);
    authenticator.count = Some(3);
    let copy = authenticator.get(&login_options(&app).await);
    log_in(&app, copy).await.expect_problem(403, "PASSKEY_REFUSED");
    let events = "/api/v1/users/me/audit-events?kind=auth.passkey_copy_suspected";
    let events = app
        .get(events)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(events["data"].as_array().unwrap().len(), 1);
}

async fn of_one_answer_sent_twenty_times_at_once_one_opens_a_session(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&app, &ada).await;
    let used = authenticator.get(&login_options(&app).await);
    let answers = race(20, async |_| log_in(&app, used.clone()).await).await;
    let opened = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(opened, 1);
}
on_every_database!(
    of_one_answer_sent_twenty_times_at_once_one_opens_a_session,
    "passkeys.origins" = "http://localhost:8000"
);

#[tokio::test]
async fn a_disabled_account_is_refused_whatever_its_passkey_says() {
    let app = server().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let (mut authenticator, _) = registered(&app, &ada).await;
    let path = format!("/api/v1/users/{}/disable", ada.id);
    app.post(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
    let used = authenticator.get(&login_options(&app).await);
    log_in(&app, used).await.expect_problem(403, "ACCOUNT_DISABLED");
}

#[tokio::test]
async fn a_passkey_proves_again_who_somebody_is() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&app, &ada).await;
    let_time_pass(&app, &ada).await;
    let options = app
        .post("/api/v1/auth/passkeys/reauthenticate/options")
        .bearer(&ada.access_token);
    let options = options.send().await.expect(200).json();
    let prove = |used| {
        let request = app.post("/api/v1/auth/reauthenticate").bearer(&ada.access_token);
        request
            .json(json!({ "method": "passkey", "passkey": used }))
            .send()
    };
    // An answer to the question of a login is none to this one.
    let for_login = authenticator.get(&login_options(&app).await);
    prove(for_login).await.expect_problem(403, "PASSKEY_REFUSED");
    let used = authenticator.get(&options);
    log_in(&app, used.clone())
        .await
        .expect_problem(403, "PASSKEY_REFUSED");
    prove(used).await.expect_problem(403, "PASSKEY_REFUSED");
    let options = app
        .post("/api/v1/auth/passkeys/reauthenticate/options")
        .bearer(&ada.access_token);
    let used = authenticator.get(&options.send().await.expect(200).json());
    prove(used).await.expect(204);
    let codes = app
        .post("/api/v1/auth/mfa/recovery-codes")
        .bearer(&ada.access_token);
    codes.send().await.expect(200);
}
