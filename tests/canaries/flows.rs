//! Passwords, mailed links and codes, and requests that are refused.

use mainstay_testkit::TestApp;
use serde_json::{Value, json};

use crate::watch::Watch;

pub async fn post(app: &TestApp, watch: &Watch, path: &str, body: Value) -> mainstay_testkit::TestResponse {
    let request = app.post(&format!("/api/v1/auth/{path}")).json(body);
    watch.send(request).await
}

/// Logs in, and gives back the tokens, which are canaries too.
pub async fn log_in(app: &TestApp, watch: &Watch, email: &str, password: &str) -> (String, String) {
    let body = json!({ "email": email, "password": password });
    let answer = post(app, watch, "login", body).await.expect(200);
    let access = watch.member(&answer, "access_token");
    (access, watch.member(&answer, "refresh_token"))
}

/// Somebody new with a password of their own.
pub async fn registered(app: &TestApp, watch: &Watch, email: &str) -> String {
    let password = watch.plant("a password at registration");
    let body = json!({ "email": email, "password": password });
    post(app, watch, "register", body).await.expect(201);
    password
}

pub async fn passwords(app: &TestApp, watch: &Watch) {
    let first = registered(app, watch, "ada@example.com").await;
    let wrong = watch.plant("a wrong password");
    let body = json!({ "email": "ada@example.com", "password": wrong });
    post(app, watch, "login", body).await.expect(401);
    let body = json!({ "email": watch.plant("a password typed as a name"), "password": wrong });
    post(app, watch, "login", body).await.expect(401);
    let (access, refresh) = log_in(app, watch, "ada@example.com", &first).await;
    let answer = post(app, watch, "refresh", json!({ "refresh_token": refresh })).await;
    let answer = answer.expect(200);
    let (_, newest) = (
        watch.member(&answer, "access_token"),
        watch.member(&answer, "refresh_token"),
    );
    let second = watch.plant("a password at its change");
    let body = json!({ "current_password": first, "new_password": second });
    let change = app
        .post("/api/v1/auth/change-password")
        .bearer(&access)
        .json(body);
    watch.send(change).await.expect(204);
    let body = json!({ "password": second });
    let again = app.post("/api/v1/auth/reauthenticate").bearer(&access).json(body);
    watch.send(again).await.expect(204);
    let body = json!({ "password": wrong });
    let again = app.post("/api/v1/auth/reauthenticate").bearer(&access).json(body);
    watch.send(again).await.expect(403);
    watch
        .send(app.post("/api/v1/auth/logout").bearer(&access))
        .await
        .expect(204);
    post(app, watch, "refresh", json!({ "refresh_token": newest }))
        .await
        .expect(401);
    watch
        .send(app.get("/api/v1/users/me").bearer(&access))
        .await
        .expect(401);
}

async fn newest(app: &TestApp, watch: &Watch, address: &str) -> mainstay_testkit::TestMail {
    let mail = app.mailbox().last_to(address).await;
    watch.mailed(&format!("the token of {}", mail.template()), mail.token());
    mail
}

pub async fn mails(app: &TestApp, watch: &Watch) {
    let password = registered(app, watch, "bob@example.com").await;
    let token = newest(app, watch, "bob@example.com").await;
    // A mail scanner and a careless front end put it where logs are made.
    let page = app.get(&format!("/verify-email?token={}", token.token()));
    watch.send(page).await.expect(200);
    post(app, watch, "verify-email", json!({ "token": token.token() }))
        .await
        .expect(204);
    post(app, watch, "verify-email", json!({ "token": token.token() }))
        .await
        .expect(403);
    for by_code in [true, false] {
        let asked = post(app, watch, "code", json!({ "email": "bob@example.com" })).await;
        let handle = watch.member(&asked.expect(202), "handle");
        let mail = newest(app, watch, "bob@example.com").await;
        let code = watch.mailed("a mailed code", mail.code());
        let answer = if by_code {
            let body = json!({ "email": "bob@example.com", "handle": handle, "code": code });
            post(app, watch, "code/verify", body).await
        } else {
            post(app, watch, "sign-in-link", json!({ "token": mail.token() })).await
        };
        watch.member(&answer.expect(200), "access_token");
    }
    let (access, _) = log_in(app, watch, "bob@example.com", &password).await;
    let body = json!({ "new_email": "robert@example.com", "current_password": password });
    let change = app.post("/api/v1/auth/change-email").bearer(&access).json(body);
    watch.send(change).await.expect(202);
    let token = newest(app, watch, "robert@example.com").await;
    let body = json!({ "token": token.token() });
    post(app, watch, "change-email/confirm", body).await.expect(204);
    post(
        app,
        watch,
        "forgot-password",
        json!({ "email": "robert@example.com" }),
    )
    .await
    .expect(202);
    let token = newest(app, watch, "robert@example.com").await;
    let new = watch.plant("a password at its reset");
    let weak = json!({ "token": token.token(), "new_password": "password123" });
    post(app, watch, "reset-password", weak).await.expect(422);
    let body = json!({ "token": token.token(), "new_password": new });
    post(app, watch, "reset-password", body).await.expect(204);
    invitations(app, watch).await;
}

async fn invitations(app: &TestApp, watch: &Watch) {
    let issued = app.services().auth.issue_first_admin_token().await;
    let token = issued.unwrap().unwrap();
    watch.note("the first administrator's link", &token);
    let password = watch.plant("the administrator's password");
    let body = json!({ "token": token, "email": "admin@example.com", "password": password });
    post(app, watch, "setup", body).await.expect(201);
    let (access, _) = log_in(app, watch, "admin@example.com", &password).await;
    let body = json!({ "email": "carol@example.com" });
    watch
        .send(app.post("/api/v1/users").bearer(&access).json(body))
        .await
        .expect(201);
    let token = newest(app, watch, "carol@example.com").await;
    let new = watch.plant("a password at an invitation");
    let body = json!({ "token": token.token(), "new_password": new });
    post(app, watch, "accept-invitation", body).await.expect(204);
}

/// Secrets in every wrong place: what is refused must not be repeated.
pub async fn nonsense(app: &TestApp, watch: &Watch) {
    let secret = watch.plant("a secret in a wrong place");
    let bodies = [
        json!({ "email": "x@example.com", "password": [secret] }),
        json!({ "email": "x@example.com", "password": { "value": secret } }),
        json!({ "email": "x@example.com", "pasword": secret, "password": secret }),
        json!({ "email": { "is": secret }, "password": secret }),
        json!({ "email": secret, "password": secret, "username": secret }),
        json!(secret),
        json!([secret]),
    ];
    for path in [
        "register",
        "login",
        "refresh",
        "reset-password",
        "mfa/verify",
        "oauth/exchange",
    ] {
        for body in &bodies {
            let status = post(app, watch, path, body.clone()).await.status();
            assert!((400..500).contains(&status), "{path}: {status}");
        }
        let broken = format!("{{\"password\":\"{secret}\",");
        let request = app.post(&format!("/api/v1/auth/{path}"));
        let request = request.header("content-type", "application/json").body(broken);
        let status = watch.send(request).await.status();
        assert!([400, 422].contains(&status), "{path}: {status}");
        let form = app
            .post(&format!("/api/v1/auth/{path}"))
            .body(format!("password={secret}"));
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        watch.send(form).await.expect(415);
    }
    for request in [
        app.get("/api/v1/users/me").bearer(&secret),
        app.get("/api/v1/users/me")
            .header("authorization", format!("Basic {secret}")),
        app.get("/api/v1/users/me").header("authorization", &secret),
        app.get("/api/v1/users/me").header("x-api-key", &secret),
        app.get("/api/v1/users/me")
            .header("cookie", format!("__Host-mainstay_refresh={secret}")),
        app.get(&format!("/api/v1/users/me?access_token={secret}")),
        app.get(&format!("/api/v1/users?cursor={secret}")),
        app.get(&format!("/nowhere?token={secret}")),
    ] {
        let status = watch.send(request).await.status();
        assert!((400..500).contains(&status), "{status}");
    }
}
