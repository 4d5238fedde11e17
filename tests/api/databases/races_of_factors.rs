//! Second factors, passkeys and keys, everybody at once on two replicas.

use mainstay_domain::UserId;
use mainstay_services::signing_keys::Rotation;
use mainstay_testkit::{TestApp, TestResponse};
use serde_json::json;

use crate::{
    auth::{
        mfa::support::{begin, protected, verify},
        passkeys::support::{log_in, login_options, registered},
    },
    support::Replicas,
};

/// As many half-finished logins of Ada as there are tries in a race.
async fn begun(replicas: &Replicas) -> Vec<String> {
    let mut tokens = Vec::new();
    for _ in 0..8 {
        tokens.push(begin(&replicas.here, "ada@example.com").await);
    }
    tokens
}

async fn of_many_logins_with_one_code_one_is_finished(replicas: Replicas) {
    let ada = protected(&replicas.here, "ada@example.com").await;
    let (tokens, code) = (begun(&replicas).await, ada.app.code());
    let enter = async |app: &TestApp, number: usize| verify(app, &tokens[number], "totp", &code).await;
    replicas.race_for_one((200, &["WRONG_CODE"]), enter).await;
}
with_two_replicas!(of_many_logins_with_one_code_one_is_finished);

async fn of_many_logins_with_one_recovery_code_one_is_finished(replicas: Replicas) {
    let ada = protected(&replicas.here, "ada@example.com").await;
    let (tokens, code) = (begun(&replicas).await, &ada.recovery_codes[0]);
    let enter =
        async |app: &TestApp, number: usize| verify(app, &tokens[number], "recovery_code", code).await;
    replicas.race_for_one((200, &["WRONG_CODE"]), enter).await;
}
with_two_replicas!(of_many_logins_with_one_recovery_code_one_is_finished);

async fn one_half_finished_login_becomes_one_session_and_costs_one_code(replicas: Replicas) {
    let ada = protected(&replicas.here, "ada@example.com").await;
    let token = begin(&replicas.here, "ada@example.com").await;
    let codes = &ada.recovery_codes;
    let enter =
        async |app: &TestApp, number: usize| verify(app, &token, "recovery_code", &codes[number]).await;
    replicas.race_for_one((200, &["INVALID_MFA_TOKEN"]), enter).await;
    let id: UserId = ada.user.id.parse().unwrap();
    let store = replicas.there.context().store.read();
    assert_eq!(store.recovery_codes().count(id).await.unwrap(), 9);
}
with_two_replicas!(one_half_finished_login_becomes_one_session_and_costs_one_code);

async fn one_answer_of_a_passkey_opens_one_session(replicas: Replicas) {
    let ada = replicas.here.user("ada@example.com").await;
    let (mut authenticator, _) = registered(&replicas.here, &ada).await;
    let used = authenticator.get(&login_options(&replicas.here).await);
    let enter = async |app: &TestApp, _| log_in(app, used.clone()).await;
    replicas.race_for_one((200, &["PASSKEY_REFUSED"]), enter).await;
}
with_two_replicas!(
    one_answer_of_a_passkey_opens_one_session,
    "passkeys.origins" = "http://localhost:8000"
);

async fn nobody_gets_more_api_keys_than_there_may_be(replicas: Replicas) {
    let ada = replicas.here.user("ada@example.com").await;
    let create = async |app: &TestApp, number: usize| {
        let request = app.post("/api/v1/auth/api-keys").by(&ada);
        request
            .json(json!({ "name": format!("key {number}"), "scopes": [] }))
            .send()
            .await
    };
    let answers = replicas.race(create).await;
    let made = answers.iter().filter(|answer| answer.status() == 201).count();
    let told: Vec<_> = answers.iter().map(TestResponse::text).collect();
    assert_eq!(made, 3, "{told:?}");
    for refused in answers.iter().filter(|answer| answer.status() != 201) {
        refused.expect_problem(409, "API_KEY_LIMIT");
    }
}
with_two_replicas!(
    nobody_gets_more_api_keys_than_there_may_be,
    "auth.api_key_max_per_user" = "3"
);

async fn of_many_rotations_at_once_tokens_of_every_replica_stay_good(replicas: Replicas) {
    let ada = replicas.here.user("ada@example.com").await;
    let keys = async || {
        let store = replicas.there.context().store.read();
        store.signing_keys().list().await.unwrap().len()
    };
    let before = keys().await;
    let rotate = async |app: &TestApp| app.services().signing_keys.rotate(Rotation::Overlapping).await;
    let (one, two, three) = tokio::join!(
        rotate(&replicas.here),
        rotate(&replicas.there),
        rotate(&replicas.here)
    );
    let made = [&one, &two, &three].iter().filter(|made| made.is_ok()).count();
    assert!(made >= 1, "{one:?} {two:?} {three:?}");
    assert_eq!(keys().await, before + made, "a key that nobody was told of");
    let mut refresh = ada.refresh_token.clone();
    for app in [&replicas.here, &replicas.there] {
        let body = json!({ "refresh_token": refresh });
        let pair = app.post("/api/v1/auth/refresh").json(body).send().await;
        let pair = pair.expect(200).json();
        refresh = pair["refresh_token"].as_str().unwrap().to_owned();
        for other in [&replicas.here, &replicas.there] {
            let me = other.get("/api/v1/users/me");
            me.bearer(pair["access_token"].as_str().unwrap())
                .send()
                .await
                .expect(200);
        }
    }
}
with_two_replicas!(
    of_many_rotations_at_once_tokens_of_every_replica_stay_good,
    "auth.algorithm" = "ES256"
);
