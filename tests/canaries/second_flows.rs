//! Second factors, API keys, cookies, other providers and imported hashes.

use mainstay_domain::{Email, UserStatus};
use mainstay_services::users::{ImportOptions, ImportedUser};
use mainstay_testkit::TestApp;
use serde_json::json;

use crate::{
    ORIGIN,
    factors::AuthenticatorApp,
    flows::{log_in, post, registered},
    support::FakeProvider,
    watch::Watch,
};

const MADE_ELSEWHERE: &str = include_str!("../../crates/adapters/tests/data/foreign_hashes.jsonl");

pub async fn factors(app: &TestApp, watch: &Watch) {
    let password = registered(app, watch, "dora@example.com").await;
    let (access, _) = log_in(app, watch, "dora@example.com", &password).await;
    let request = app.post("/api/v1/auth/mfa/totp").bearer(&access).json(json!({}));
    let enrolment = watch.send(request).await.expect(201);
    watch.member(&enrolment, "secret");
    let phone = AuthenticatorApp::new(&enrolment.json());
    let code = phone.code();
    watch.note("a code of an app", &code);
    let path = format!("/api/v1/auth/mfa/totp/{}/confirm", phone.id);
    let request = app.post(&path).bearer(&access).json(json!({ "code": code }));
    let confirmed = watch.send(request).await.expect(200);
    let mut codes = Vec::new();
    for code in confirmed.json()["recovery_codes"].as_array().unwrap() {
        codes.push(watch.carried("a recovery code", code.as_str().unwrap()));
    }
    for (method, code) in [("totp", phone.code()), ("recovery_code", codes[0].clone())] {
        if method == "totp" {
            watch.note("a code of an app", &code);
        }
        let body = json!({ "email": "dora@example.com", "password": password });
        let begun = post(app, watch, "login", body).await.expect(200);
        let token = watch.member(&begun, "mfa_token");
        let body = json!({ "mfa_token": token, "method": method, "code": code });
        let answer = post(app, watch, "mfa/verify", body.clone()).await.expect(200);
        watch.member(&answer, "access_token");
        watch.member(&answer, "refresh_token");
        post(app, watch, "mfa/verify", body).await.expect(401);
    }
    let request = app.post("/api/v1/auth/mfa/recovery-codes").bearer(&access);
    let made = watch.send(request).await;
    if made.status() == 200 {
        for code in made.json()["recovery_codes"].as_array().unwrap() {
            watch.carried("a new recovery code", code.as_str().unwrap());
        }
    }
}

pub async fn keys(app: &TestApp, watch: &Watch) {
    let password = registered(app, watch, "erin@example.com").await;
    let (access, _) = log_in(app, watch, "erin@example.com", &password).await;
    let body = json!({ "name": "nightly report", "scopes": [] });
    let request = app.post("/api/v1/auth/api-keys").bearer(&access).json(body);
    let made = watch.send(request).await.expect(201);
    let key = watch.member(&made, "key");
    watch
        .send(app.get("/api/v1/users/me").bearer(&key))
        .await
        .expect(200);
    watch
        .send(app.get("/api/v1/users/me").header("x-api-key", &key))
        .await
        .expect(200);
    watch
        .send(app.get("/api/v1/auth/api-keys").bearer(&access))
        .await
        .expect(200);
    watch
        .send(app.get(&format!("/api/v1/users/me?api_key={key}")))
        .await
        .expect(401);
    watch
        .send(app.get("/api/v1/users/me/export").bearer(&access))
        .await
        .expect(200);
    watch
        .send(app.get("/api/v1/users/me/audit-events").bearer(&access))
        .await
        .expect(200);
}

pub async fn cookies(app: &TestApp, watch: &Watch) {
    let password = registered(app, watch, "fran@example.com").await;
    let page = |path: &str| {
        let request = app.post(&format!("/api/v1/auth/{path}"));
        request.header("origin", ORIGIN).header("x-auth-mode", "cookie")
    };
    let body = json!({ "email": "fran@example.com", "password": password });
    let answer = watch.send(page("login").json(body)).await.expect(200);
    watch.member(&answer, "access_token");
    let set = answer.header("set-cookie").unwrap();
    let cookie = set.split(';').next().unwrap().to_owned();
    watch.carried("the cookie of a session", cookie.split_once('=').unwrap().1);
    let answer = watch
        .send(page("refresh").header("cookie", &cookie))
        .await
        .expect(200);
    watch.member(&answer, "access_token");
    let set = answer.header("set-cookie").unwrap();
    let cookie = set.split(';').next().unwrap().split_once('=').unwrap().1;
    watch.carried("the next cookie of a session", cookie);
}

pub async fn providers(app: &TestApp, watch: &Watch, provider: &FakeProvider) {
    provider.claims(json!({ "email": "gail@example.com" }));
    for query in [String::new(), format!("?redirect_uri={ORIGIN}")] {
        let request = app.get(&format!("/api/v1/auth/oauth/fake/authorize{query}"));
        let begun = watch.send(request).await.expect(302);
        let location = begun.location().to_owned();
        let cookie = begun
            .header("set-cookie")
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        watch.carried("the cookie of a login", cookie.split_once('=').unwrap().1);
        let (state, _) = provider.log_in(&location);
        watch.carried("the state of a login", &state);
        let code = watch.plant("the code of a provider");
        provider.name_code(&code, &location);
        let path = format!("/api/v1/auth/oauth/fake/callback?state={state}&code={code}");
        let answer = watch.send(app.get(&path).header("cookie", &cookie)).await;
        let signed = provider.says().signed.last().unwrap().clone();
        watch.note("an ID token", &signed);
        let answer = if query.is_empty() {
            answer.expect(200)
        } else {
            let answer = answer.expect(303);
            let ours = answer.location().split_once("code=").unwrap().1.to_owned();
            watch.carried("the code for a front end", &ours);
            post(app, watch, "oauth/exchange", json!({ "code": ours }))
                .await
                .expect(200)
        };
        watch.member(&answer, "access_token");
        watch.member(&answer, "refresh_token");
    }
    // A provider that refuses, one that is wrong, and an answer that nobody asked for.
    provider.claims(json!({ "aud": "another" }));
    let begun = watch
        .send(app.get("/api/v1/auth/oauth/fake/authorize"))
        .await
        .expect(302);
    let location = begun.location().to_owned();
    let cookie = begun
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let (state, code) = provider.log_in(&location);
    watch.carried("the state of a login", &state);
    let path = format!("/api/v1/auth/oauth/fake/callback?state={state}&code={code}");
    watch
        .send(app.get(&path).header("cookie", &cookie))
        .await
        .expect(403);
    let (state, code) = (watch.plant("a state"), watch.plant("a code"));
    let path = format!("/api/v1/auth/oauth/fake/callback?state={state}&code={code}");
    watch.send(app.get(&path)).await.expect(403);
}

pub async fn imports(app: &TestApp, watch: &Watch) {
    let made: Vec<serde_json::Value> = MADE_ELSEWHERE
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| line["hash"].as_str().unwrap().starts_with("pbkdf2_sha256"))
        .collect();
    let (hash, password) = (
        made[0]["hash"].as_str().unwrap(),
        made[0]["password"].as_str().unwrap(),
    );
    watch.held("an imported hash", hash, "password_credentials.hash");
    let row = ImportedUser {
        id: None,
        email: Email::parse("hugo@example.com").unwrap(),
        username: None,
        first_name: None,
        last_name: None,
        locale: None,
        avatar_url: None,
        email_verified: true,
        status: UserStatus::Active,
        roles: Vec::new(),
        password_hash: Some(hash.to_owned()),
        created_at: None,
        updated_at: None,
        last_login_at: None,
    };
    assert!(!format!("{row:?}").contains(hash));
    let mut import = app
        .services()
        .transfer
        .import(ImportOptions::default())
        .await
        .unwrap();
    import.take(vec![row]).await.unwrap();
    let wrong = watch.plant("a wrong password for an imported hash");
    let body = json!({ "email": "hugo@example.com", "password": wrong });
    post(app, watch, "login", body).await.expect(401);
    let body = json!({ "email": "hugo@example.com", "password": password });
    post(app, watch, "login", body).await.expect(200);
}
