//! Everybody at once with one link, code or ticket, on two replicas: one wins.

use mainstay_testkit::{PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

use crate::support::Replicas;

const NEW: &str = "an even better one, honestly";

async fn post(app: &TestApp, path: &str, body: Value) -> TestResponse {
    app.post(&format!("/api/v1/auth/{path}")).json(body).send().await
}

/// The token of the newest mail to Ada.
async fn mailed(app: &TestApp) -> String {
    app.mailbox().last_to("ada@example.com").await.token().to_owned()
}

async fn of_many_resets_with_one_link_one_sets_the_password(replicas: Replicas) {
    let app = &replicas.here;
    app.register("ada@example.com").await;
    let asked = post(app, "forgot-password", json!({ "email": "ada@example.com" })).await;
    asked.expect(202);
    let token = mailed(app).await;
    let reset = async |app: &TestApp, number: usize| {
        let body = json!({ "token": token, "new_password": format!("{NEW} {number}") });
        post(app, "reset-password", body).await
    };
    replicas.race_for_one((204, &["LINK_INVALID"]), reset).await;
    let mut opened = 0;
    for number in 0..8 {
        let body = json!({ "email": "ada@example.com", "password": format!("{NEW} {number}") });
        opened += usize::from(post(app, "login", body).await.status() == 200);
    }
    assert_eq!(opened, 1, "two passwords are right, or none");
}
with_two_replicas!(of_many_resets_with_one_link_one_sets_the_password);

async fn of_many_verifications_with_one_link_one_is_the_first(replicas: Replicas) {
    replicas.here.register("ada@example.com").await;
    let token = mailed(&replicas.here).await;
    let verify = async |app: &TestApp, _| post(app, "verify-email", json!({ "token": token })).await;
    replicas.race_for_one((204, &["LINK_INVALID"]), verify).await;
}
with_two_replicas!(of_many_verifications_with_one_link_one_is_the_first);

async fn of_many_confirmed_registrations_one_begins_the_account(replicas: Replicas) {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    post(&replicas.here, "register", body).await.expect(202);
    let token = mailed(&replicas.here).await;
    let confirm = async |app: &TestApp, _| post(app, "verify-email", json!({ "token": token })).await;
    replicas.race_for_one((204, &["LINK_INVALID"]), confirm).await;
    replicas.there.login("ada@example.com").await;
}
with_two_replicas!(
    of_many_confirmed_registrations_one_begins_the_account,
    "auth.registration" = "verified"
);

async fn a_mailed_code_and_its_link_open_one_session_between_them(replicas: Replicas) {
    let app = &replicas.here;
    app.register("ada@example.com").await;
    let asked = post(app, "code", json!({ "email": "ada@example.com" })).await;
    let handle = asked.expect(202).json()["handle"].clone();
    let mail = app.mailbox().last_to("ada@example.com").await;
    let enter = async |app: &TestApp, number: usize| {
        // Four by code and four by link; five guesses are allowed.
        if number < 4 {
            let body = json!({ "email": "ada@example.com", "handle": handle, "code": mail.code() });
            return post(app, "code/verify", body).await;
        }
        post(app, "sign-in-link", json!({ "token": mail.token() })).await
    };
    let lost = &["CODE_INVALID", "LINK_INVALID"];
    replicas.race_for_one((200, lost), enter).await;
}
with_two_replicas!(a_mailed_code_and_its_link_open_one_session_between_them);

async fn of_many_who_take_up_one_invitation_one_sets_the_password(replicas: Replicas) {
    let app = &replicas.here;
    let admin = app.admin().await;
    let body = json!({ "email": "ada@example.com" });
    admin.post("/api/v1/users").json(body).await.expect(201);
    let token = mailed(app).await;
    let accept = async |app: &TestApp, number: usize| {
        let body = json!({ "token": token, "new_password": format!("{NEW} {number}") });
        post(app, "accept-invitation", body).await
    };
    replicas.race_for_one((204, &["LINK_INVALID"]), accept).await;
}
with_two_replicas!(of_many_who_take_up_one_invitation_one_sets_the_password);

async fn of_many_confirmed_moves_one_moves_the_account(replicas: Replicas) {
    let app = &replicas.here;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "new_email": "lovelace@example.org", "current_password": PASSWORD });
    ada.post("/api/v1/auth/change-email").json(body).await.expect(202);
    let token = app.mailbox().last_to("lovelace@example.org").await;
    let confirm = async |app: &TestApp, _| {
        let body = json!({ "token": token.token() });
        post(app, "change-email/confirm", body).await
    };
    replicas.race_for_one((204, &["LINK_INVALID"]), confirm).await;
    app.login("lovelace@example.org").await;
}
with_two_replicas!(of_many_confirmed_moves_one_moves_the_account);

async fn of_many_who_want_one_address_one_gets_it(replicas: Replicas) {
    let (ada, eve) = (
        replicas.here.user("ada@example.com").await,
        replicas.here.user("eve@example.com").await,
    );
    let mut tokens = Vec::new();
    for user in [&ada, &eve] {
        let body = json!({ "new_email": "new@example.org", "current_password": PASSWORD });
        user.post("/api/v1/auth/change-email")
            .json(body)
            .await
            .expect(202);
        let mail = replicas.here.mailbox().last_to("new@example.org").await;
        tokens.push(mail.token().to_owned());
    }
    let want = async |app: &TestApp, number: usize| match tokens.get(number) {
        Some(token) => post(app, "change-email/confirm", json!({ "token": token })).await,
        None => {
            let body = json!({ "email": "New@Example.org", "password": PASSWORD });
            post(app, "register", body).await
        }
    };
    let answers = replicas.race(want).await;
    let won = answers.iter().filter(|answer| answer.status() < 300).count();
    let told: Vec<_> = answers.iter().map(TestResponse::text).collect();
    assert_eq!(won, 1, "{told:?}");
    assert!(answers.iter().all(|answer| answer.status() != 500), "{told:?}");
}
with_two_replicas!(of_many_who_want_one_address_one_gets_it);

async fn of_many_first_administrators_one_is_made(replicas: Replicas) {
    let issued = replicas.here.services().auth.issue_first_admin_token().await;
    let token = issued.unwrap().unwrap();
    let make = async |app: &TestApp, number: usize| {
        let email = format!("admin{number}@example.com");
        let body = json!({ "token": token, "email": email, "password": PASSWORD });
        post(app, "setup", body).await
    };
    replicas.race_for_one((201, &["SETUP_LINK_INVALID"]), make).await;
}
with_two_replicas!(of_many_first_administrators_one_is_made);

async fn a_password_given_up_meanwhile_leaves_no_session_behind(replicas: Replicas) {
    let app = &replicas.here;
    app.register("ada@example.com").await;
    post(app, "forgot-password", json!({ "email": "ada@example.com" }))
        .await
        .expect(202);
    let token = mailed(app).await;
    // Whoever has the old password logs in while the owner chooses a new one.
    let answers = replicas
        .race(async |app: &TestApp, number: usize| {
            if number == 3 {
                let body = json!({ "token": token, "new_password": NEW });
                return post(app, "reset-password", body).await;
            }
            let body = json!({ "email": "ada@example.com", "password": PASSWORD });
            post(app, "login", body).await
        })
        .await;
    assert_eq!(answers[3].status(), 204, "{}", answers[3].text());
    for answer in answers.iter().filter(|answer| answer.status() == 200) {
        let body = json!({ "refresh_token": answer.json()["refresh_token"] });
        let refresh = post(&replicas.there, "refresh", body).await;
        refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
    }
}
with_two_replicas!(a_password_given_up_meanwhile_leaves_no_session_behind);

async fn of_many_refreshes_at_once_one_lineage_goes_on(replicas: Replicas) {
    let ada = replicas.here.user("ada@example.com").await;
    let body = json!({ "refresh_token": ada.refresh_token });
    let answers = replicas
        .race(async |app: &TestApp, _| post(app, "refresh", body.clone()).await)
        .await;
    let mut successors: Vec<_> = answers
        .into_iter()
        .map(|answer| {
            answer.expect(200).json()["refresh_token"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    successors.dedup();
    assert_eq!(successors.len(), 1, "the lineage has forked");
}
with_two_replicas!(of_many_refreshes_at_once_one_lineage_goes_on);

async fn no_session_outlives_the_end_of_the_account_it_was_opened_for(replicas: Replicas) {
    let root = replicas.here.admin().await;
    let user = replicas.there.register("ada@example.com").await.json();
    let user = user["id"].as_str().unwrap();
    let path = |verb: &str| format!("/api/v1/users/{user}/{verb}");
    let enter = async |app: &TestApp, number: usize| {
        if number == 4 {
            return root.post(&path("disable")).send().await;
        }
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        post(app, "login", body).await
    };
    let answers = replicas.race(enter).await;
    let told: Vec<_> = answers.iter().map(TestResponse::text).collect();
    assert_eq!(answers[4].status(), 200, "{told:?}");
    root.post(&path("enable")).send().await.expect(200);
    for answer in answers.iter().filter(|answer| answer.status() == 200) {
        let token = answer.json()["refresh_token"].clone();
        if token.is_string() {
            let woken = post(&replicas.there, "refresh", json!({ "refresh_token": token })).await;
            woken.expect_problem(401, "INVALID_REFRESH_TOKEN");
        }
    }
}
with_two_replicas!(no_session_outlives_the_end_of_the_account_it_was_opened_for);
