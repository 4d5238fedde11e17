//! `POST /auth/passkeys/second-factor/options`, and `/auth/mfa/verify` with a passkey.

use serde_json::json;

use super::support::{
    encode, log_in, registered, second_factor_options as options, server, verify_passkey as verify,
};
use crate::auth::mfa::support::begin;

#[tokio::test]
async fn a_touch_is_enough_besides_the_password() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&app, &ada).await;
    authenticator.verifies_user = false;
    let token = begin(&app, "ada@example.com").await;
    let asked = options(&app, &token).await;
    assert_eq!(
        asked["allowCredentials"][0]["id"],
        encode(&authenticator.credential_id)
    );
    verify(&app, &token, authenticator.get(&asked)).await.expect(200);
}

#[tokio::test]
async fn the_answer_to_one_login_does_not_finish_another() {
    let app = server().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let (mut hers, _) = registered(&app, &ada).await;
    let (mut theirs, _) = registered(&app, &eve).await;
    let (first, second) = (
        begin(&app, "ada@example.com").await,
        begin(&app, "ada@example.com").await,
    );
    let used = hers.get(&options(&app, &first).await);
    verify(&app, &second, used)
        .await
        .expect_problem(403, "PASSKEY_REFUSED");
    // Nor does it log in alone, or the passkey of somebody else help.
    let used = hers.get(&options(&app, &first).await);
    log_in(&app, used).await.expect_problem(403, "PASSKEY_REFUSED");
    let foreign = theirs.get(&options(&app, &second).await);
    verify(&app, &second, foreign)
        .await
        .expect_problem(403, "PASSKEY_REFUSED");
    let used = hers.get(&options(&app, &second).await);
    verify(&app, &second, used).await.expect(200);
}

#[tokio::test]
async fn questions_are_tries_too_and_need_a_login_that_was_begun() {
    let app = server().await;
    let ada = app.user("ada@example.com").await;
    registered(&app, &ada).await;
    let token = begin(&app, "ada@example.com").await;
    for _ in 0..10 {
        options(&app, &token).await;
    }
    for token in [&token, "made up"] {
        let request = app.post("/api/v1/auth/passkeys/second-factor/options");
        let answer = request.json(json!({ "mfa_token": token })).send().await;
        answer.expect_problem(401, "INVALID_MFA_TOKEN");
    }
}

#[tokio::test]
async fn an_account_without_a_passkey_is_asked_for_none() {
    let app = server().await;
    crate::auth::mfa::support::protected(&app, "ada@example.com").await;
    let token = begin(&app, "ada@example.com").await;
    let request = app.post("/api/v1/auth/passkeys/second-factor/options");
    let answer = request.json(json!({ "mfa_token": token })).send().await;
    answer.expect_problem(409, "MFA_NOT_ENABLED");
}
