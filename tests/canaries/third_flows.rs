//! Passkeys and files.

use mainstay_testkit::{TestApp, TestResponse};
use serde_json::{Value, json};

use crate::{
    flows::{log_in, post, registered},
    passkeys::SoftAuthenticator,
    watch::Watch,
};

pub async fn passkeys(app: &TestApp, watch: &Watch) {
    let password = registered(app, watch, "iris@example.com").await;
    let (access, _) = log_in(app, watch, "iris@example.com", &password).await;
    let mut authenticator = SoftAuthenticator::new();
    let request = app.post("/api/v1/auth/passkeys/registration/options");
    let options = asked(watch, watch.send(request.bearer(&access)).await);
    let created = authenticator.create(&options);
    let data = created["response"]["clientDataJSON"].as_str().unwrap();
    watch.note("what a browser says of a new passkey", data);
    let body = json!({ "name": "My laptop", "passkey": created });
    let request = app.post("/api/v1/auth/passkeys").bearer(&access).json(body);
    watch.send(request).await.expect(201);

    let request = app.post("/api/v1/auth/passkeys/login/options");
    let options = asked(watch, watch.send(request).await);
    let used = signed(watch, authenticator.get(&options));
    let answer = post(app, watch, "passkeys/login", json!({ "passkey": used })).await;
    opened(watch, &answer.expect(200));
    let again = post(app, watch, "passkeys/login", json!({ "passkey": used })).await;
    again.expect(403);

    let body = json!({ "email": "iris@example.com", "password": password });
    let begun = post(app, watch, "login", body).await.expect(200);
    let token = watch.member(&begun, "mfa_token");
    let answer = post(
        app,
        watch,
        "passkeys/second-factor/options",
        json!({ "mfa_token": token }),
    )
    .await;
    let used = signed(watch, authenticator.get(&asked(watch, answer)));
    let body = json!({ "mfa_token": token, "method": "passkey", "passkey": used });
    let answer = post(app, watch, "mfa/verify", body).await;
    opened(watch, &answer.expect(200));
}

/// Options, whose challenge is a canary.
fn asked(watch: &Watch, answer: TestResponse) -> Value {
    let answer = answer.expect(200);
    watch.member(&answer, "challenge");
    answer.json()
}

/// What an authenticator answers; its signature and what it signed are canaries.
fn signed(watch: &Watch, used: Value) -> Value {
    for part in ["signature", "clientDataJSON"] {
        watch.note(
            "what an authenticator says",
            used["response"][part].as_str().unwrap(),
        );
    }
    used
}

fn opened(watch: &Watch, answer: &TestResponse) {
    watch.member(answer, "access_token");
    watch.member(answer, "refresh_token");
}

pub async fn files(app: &TestApp, watch: &Watch) {
    let admin = app.admin_named("root@example.com").await;
    watch.note("a token of an administrator", &admin.access_token);
    let rules = json!({ "name": "canaries", "open": true });
    let request = app.post("/api/v1/storage/buckets").bearer(&admin.access_token);
    watch.send(request.json(rules)).await.expect(201);
    let password = registered(app, watch, "jack@example.com").await;
    let (access, _) = log_in(app, watch, "jack@example.com", &password).await;

    let octets = watch.plant("what is in a file");
    let file = "/api/v1/storage/buckets/canaries/files/letter.txt";
    let request = app.put(file).bearer(&access).body(octets.clone());
    watch.send(request).await.expect(201);
    let read = watch.send(app.get(file).bearer(&access)).await.expect(200);
    assert_eq!(read.text(), octets);
    watch.carries_too(&octets);

    for method in ["GET", "PUT"] {
        let body = json!({ "key": "letter.txt", "method": method, "expires_in": 60 });
        let request = app.post("/api/v1/storage/buckets/canaries/signed-urls");
        let made = watch.send(request.bearer(&access).json(body)).await.expect(201);
        let url = made.json()["url"].as_str().unwrap().to_owned();
        watch.carried("a signature of a URL", url.rsplit_once('=').unwrap().1);
        let request = match method {
            "GET" => app.get(&url),
            _ => app.put(&url).body(octets.clone()),
        };
        assert!(watch.send(request).await.status() < 300);
        if method == "GET" {
            watch.carries_too(&octets);
        }
        let forged = format!("{url}x");
        watch.send(app.get(&forged)).await.expect(403);
    }

    let uploads = "/api/v1/storage/uploads";
    let part = watch.plant("what is in a part of an upload");
    let metadata = "bucket Y2FuYXJpZXM=,key cGFydC50eHQ=";
    let request = app.post(uploads).bearer(&access);
    let request = request
        .header("tus-resumable", "1.0.0")
        .header("upload-length", part.len().to_string())
        .header("upload-metadata", metadata)
        .header("content-type", "application/offset+octet-stream")
        .body(part);
    watch.send(request).await.expect(201);
}
