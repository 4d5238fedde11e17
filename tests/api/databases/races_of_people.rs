//! People that other providers vouch for, all at once on two replicas.

use mainstay_testkit::{TestApp, TestDatabase};
use serde_json::json;

use crate::{
    auth::oauth::support::{APP, begin_at, me, provider_settings},
    support::{FakeProvider, Replicas},
};

/// Two replicas with one provider, on each kind of database that there is.
async fn everywhere(test: impl AsyncFn(Replicas, FakeProvider)) {
    for kind in TestDatabase::ALL {
        let provider = FakeProvider::start();
        let providers = provider_settings(&provider);
        let settings = [
            ("auth.providers", providers.as_str()),
            ("auth.oauth_redirect_uris", APP),
        ];
        if let Some(replicas) = Replicas::on(kind, &settings).await {
            test(replicas, provider).await;
        }
    }
}

#[tokio::test]
async fn one_answer_of_a_provider_signs_one_session_in() {
    everywhere(async |replicas: Replicas, provider: FakeProvider| {
        let journey = begin_at(&replicas.here, "fake", "").await;
        let (state, code) = provider.log_in(&journey.location);
        let query = format!("state={state}&code={code}");
        let back = async |app: &TestApp, _| journey.back_with(app, &query).await;
        replicas.race_for_one((200, &["OAUTH_STATE_INVALID"]), back).await;
    })
    .await;
}

#[tokio::test]
async fn one_code_for_a_front_end_is_exchanged_once() {
    everywhere(async |replicas: Replicas, provider: FakeProvider| {
        let query = format!("?redirect_uri={APP}");
        let journey = begin_at(&replicas.here, "fake", &query).await;
        let answer = journey.back(&replicas.here, &provider).await.expect(303);
        let code = answer.location().split_once("code=").unwrap().1.to_owned();
        let exchange = async |app: &TestApp, _| {
            let request = app.post("/api/v1/auth/oauth/exchange");
            request.json(json!({ "code": code })).send().await
        };
        replicas
            .race_for_one((200, &["OAUTH_CODE_INVALID"]), exchange)
            .await;
    })
    .await;
}

#[tokio::test]
async fn one_new_person_in_many_windows_gets_one_account() {
    everywhere(async |replicas: Replicas, provider: FakeProvider| {
        let enter = async |app: &TestApp, _| {
            let journey = begin_at(app, "fake", "").await;
            journey.back(app, &provider).await
        };
        let answers = replicas.race(enter).await;
        let mut ids = Vec::new();
        for answer in answers {
            ids.push(me(&replicas.there, &answer.expect(200)).await["id"].clone());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
    })
    .await;
}

#[tokio::test]
async fn an_account_that_waits_for_its_owner_is_claimed_once_and_for_all() {
    everywhere(async |replicas: Replicas, provider: FakeProvider| {
        let attacker = replicas.here.user("ada@example.com").await;
        let enter = async |app: &TestApp, _| {
            let journey = begin_at(app, "fake", "").await;
            journey.back(app, &provider).await
        };
        let answers = replicas.race(enter).await;
        let told: Vec<_> = answers.iter().map(|answer| answer.text()).collect();
        assert!(answers.iter().any(|answer| answer.status() == 200), "{told:?}");
        for answer in answers.iter().filter(|answer| answer.status() == 200) {
            assert_eq!(me(&replicas.there, answer).await["id"], attacker.id);
        }
        let body = json!({ "refresh_token": attacker.refresh_token });
        let refresh = replicas.there.post("/api/v1/auth/refresh").json(body);
        refresh.send().await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    })
    .await;
}
