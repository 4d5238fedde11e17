//! Attacks on mails, links and the accounts behind them, on every database. docs/security.md
//! has the list.

use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

use crate::auth::mfa::support::{AuthenticatorApp, begin, protected};

const NEW: &str = "an even better one, honestly";
const ADA: &str = "ada@example.com";

async fn post(app: &TestApp, path: &str, body: Value) -> TestResponse {
    app.post(&format!("/api/v1/auth/{path}")).json(body).send().await
}

async fn mailed(app: &TestApp, address: &str) -> String {
    app.mailbox().last_to(address).await.token().to_owned()
}

async fn ask(app: &TestApp, path: &str, address: &str) -> String {
    post(app, path, json!({ "email": address })).await.expect(202);
    mailed(app, address).await
}

async fn log_in(app: &TestApp, password: &str) -> TestResponse {
    post(app, "login", json!({ "email": ADA, "password": password })).await
}

/// What each way takes: the name of a ticket, where it belongs, and the request with it.
fn ways(token: &str, code: &str) -> Vec<(&'static str, &'static str, Value)> {
    let new = json!({ "token": token, "new_password": NEW });
    let setup = json!({ "token": token, "email": "new@example.com", "password": PASSWORD });
    let mfa = json!({ "mfa_token": token, "method": "totp", "code": code });
    vec![
        ("verify", "verify-email", json!({ "token": token })),
        ("reset", "reset-password", new.clone()),
        ("sign in", "sign-in-link", json!({ "token": token })),
        ("move", "change-email/confirm", json!({ "token": token })),
        ("invitation", "accept-invitation", new),
        ("setup", "setup", setup),
        ("second step", "mfa/verify", mfa),
        ("refresh", "refresh", json!({ "refresh_token": token })),
        ("exchange", "oauth/exchange", json!({ "code": token })),
    ]
}

/// One living ticket of each kind, each of an account of its own.
async fn tickets(app: &TestApp) -> (Vec<(&'static str, String)>, AuthenticatorApp) {
    let issued = app.services().auth.issue_first_admin_token().await;
    let setup = issued.unwrap().unwrap();
    app.register("verify@example.com").await;
    app.register("reset@example.com").await;
    app.register("link@example.com").await;
    let mover = app.user("mover@example.com").await;
    let body = json!({ "new_email": "moved@example.com", "current_password": PASSWORD });
    mover
        .post("/api/v1/auth/change-email")
        .json(body)
        .await
        .expect(202);
    let ada = protected(app, ADA).await;
    let tickets = vec![
        ("verify", mailed(app, "verify@example.com").await),
        ("reset", ask(app, "forgot-password", "reset@example.com").await),
        ("sign in", ask(app, "code", "link@example.com").await),
        ("move", mailed(app, "moved@example.com").await),
        ("setup", setup),
        ("second step", begin(app, ADA).await),
        ("refresh", app.user("plain@example.com").await.refresh_token),
    ];
    (tickets, ada.app)
}

async fn no_ticket_of_one_purpose_is_good_for_another(app: TestApp) {
    let (tickets, phone) = tickets(&app).await;
    for (kind, token) in &tickets {
        for (way, path, body) in ways(token, &phone.wrong_code()) {
            if way == *kind {
                continue;
            }
            let answer = post(&app, path, body).await;
            assert!(
                [401, 403].contains(&answer.status()),
                "a ticket to {kind} at {path}: {}",
                answer.text()
            );
        }
        let me = app.get("/api/v1/users/me").bearer(token).send().await;
        me.expect_problem(401, "UNAUTHENTICATED");
    }
    // All of them are as good as before where they belong.
    for (kind, token) in tickets {
        // A code is shown once.
        let code = if kind == "second step" {
            phone.code()
        } else {
            phone.wrong_code()
        };
        let own = ways(&token, &code);
        let (_, path, body) = own.into_iter().find(|(way, ..)| *way == kind).unwrap();
        let answer = post(&app, path, body).await;
        assert!(answer.status() < 300, "{kind}: {}", answer.text());
    }
}
on_every_database!(no_ticket_of_one_purpose_is_good_for_another);

/// Everything that an attacker prepares in an account with the victim's address.
async fn prepared(app: &TestApp) -> (LoggedIn, String) {
    let attacker = app.user(ADA).await;
    let body = json!({ "name": "a way back", "scopes": [] });
    let key = attacker.post("/api/v1/auth/api-keys").json(body).await;
    let key = key.expect(201).json()["key"].as_str().unwrap().to_owned();
    let body = json!({ "new_email": "eve@example.org", "current_password": PASSWORD });
    attacker
        .post("/api/v1/auth/change-email")
        .json(body)
        .await
        .expect(202);
    (attacker, key)
}

async fn nothing_prepared_is_left(app: &TestApp, attacker: &LoggedIn, key: &str) {
    log_in(app, PASSWORD)
        .await
        .expect_problem(401, "INVALID_CREDENTIALS");
    for token in [attacker.access_token.as_str(), key] {
        let me = app.get("/api/v1/users/me").bearer(token).send().await;
        me.expect_problem(401, "UNAUTHENTICATED");
    }
    let body = json!({ "refresh_token": attacker.refresh_token });
    let refresh = post(app, "refresh", body).await;
    refresh.expect_problem(401, "INVALID_REFRESH_TOKEN");
    let moved = json!({ "token": mailed(app, "eve@example.org").await });
    let moved = post(app, "change-email/confirm", moved).await;
    moved.expect_problem(403, "LINK_INVALID");
}

async fn an_account_made_for_a_victim_is_theirs_alone_once_they_sign_in_by_mail(app: TestApp) {
    let (attacker, key) = prepared(&app).await;
    let token = ask(&app, "code", ADA).await;
    let victim = post(&app, "sign-in-link", json!({ "token": token })).await;
    let victim = victim.expect(200).json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    nothing_prepared_is_left(&app, &attacker, &key).await;
    let me = app
        .get("/api/v1/users/me")
        .bearer(&victim)
        .send()
        .await
        .expect(200);
    assert_eq!(me.json()["email_verified"], true);
    let events = app.get("/api/v1/users/me/audit-events?kind=auth.account_claimed");
    let events = events.bearer(&victim).send().await.expect(200).json();
    assert_eq!(events["data"].as_array().unwrap().len(), 1, "{events}");
    // From now on the owner's own ways stay.
    let token = ask(&app, "forgot-password", ADA).await;
    let body = json!({ "token": token, "new_password": NEW });
    post(&app, "reset-password", body).await.expect(204);
    let token = ask(&app, "code", ADA).await;
    post(&app, "sign-in-link", json!({ "token": token }))
        .await
        .expect(200);
    log_in(&app, NEW).await.expect(200);
}
on_every_database!(an_account_made_for_a_victim_is_theirs_alone_once_they_sign_in_by_mail);

async fn an_account_made_for_a_victim_is_theirs_alone_once_they_reset_the_password(app: TestApp) {
    let (attacker, key) = prepared(&app).await;
    let token = ask(&app, "forgot-password", ADA).await;
    let body = json!({ "token": token, "new_password": NEW });
    post(&app, "reset-password", body).await.expect(204);
    nothing_prepared_is_left(&app, &attacker, &key).await;
    log_in(&app, NEW).await.expect(200);
}
on_every_database!(an_account_made_for_a_victim_is_theirs_alone_once_they_reset_the_password);

async fn a_move_asked_for_with_the_old_password_ends_with_it(app: TestApp) {
    for reset in [true, false] {
        let address = format!("ada{reset}@example.com");
        let ada = app.user(&address).await;
        let token = mailed(&app, &address).await;
        post(&app, "verify-email", json!({ "token": token }))
            .await
            .expect(204);
        // A thief of the session who knows the password.
        let moved = format!("thief{reset}@example.org");
        let body = json!({ "new_email": moved, "current_password": PASSWORD });
        ada.post("/api/v1/auth/change-email").json(body).await.expect(202);
        let link = mailed(&app, &moved).await;
        if reset {
            let token = ask(&app, "forgot-password", &address).await;
            let body = json!({ "token": token, "new_password": NEW });
            post(&app, "reset-password", body).await.expect(204);
        } else {
            let body = json!({ "current_password": PASSWORD, "new_password": NEW });
            ada.post("/api/v1/auth/change-password")
                .json(body)
                .await
                .expect(204);
        }
        let confirmed = post(&app, "change-email/confirm", json!({ "token": link })).await;
        confirmed.expect_problem(403, "LINK_INVALID");
    }
}
on_every_database!(a_move_asked_for_with_the_old_password_ends_with_it);

async fn a_poisoned_host_changes_no_link_of_any_mail(app: TestApp) {
    app.register(ADA).await;
    let before = app.mailbox().all_to(ADA).await.len();
    for path in ["forgot-password", "code", "verify-email/resend"] {
        let request = app.post(&format!("/api/v1/auth/{path}"));
        let request = request
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-original-url", "https://evil.example/")
            .header("forwarded", "host=evil.example;proto=http");
        let asked = request.json(json!({ "email": ADA })).send().await;
        asked.expect(202);
    }
    let mails = app.mailbox().all_to(ADA).await;
    assert_eq!(mails.len(), before + 3);
    for mail in mails {
        assert!(!format!("{mail:?}").contains("evil"), "{mail:?}");
        assert!(mail.link().starts_with("https://api.example.com/"), "{mail:?}");
    }
}
on_every_database!(
    a_poisoned_host_changes_no_link_of_any_mail,
    "server.public_url" = "https://api.example.com"
);
