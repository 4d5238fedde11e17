//! An authenticator app, and people who have one.

use std::{
    cell::Cell,
    thread,
    time::{Duration, SystemTime},
};

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use mainstay_testkit::{LoggedIn, PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

/// Seconds a code is taken for.
const STEP: u64 = 30;
/// Seconds a code must at least still be taken for, so that a slow machine can use it.
const USABLE: u64 = 10;

/// What somebody's app knows. It never shows one code twice.
pub struct AuthenticatorApp {
    pub id: String,
    pub secret: String,
    last: Cell<i64>,
}

impl AuthenticatorApp {
    pub fn new(enrolment: &Value) -> Self {
        let text = |member: &str| enrolment[member].as_str().unwrap().to_owned();
        Self {
            id: text("id"),
            secret: text("secret"),
            last: Cell::new(0),
        }
    }

    /// A code that is taken now and was not shown before; there are three at a time. The oldest
    /// is left out where it is about to end, and the next one waited for instead.
    pub fn code(&self) -> String {
        let ends_soon = STEP - seconds() % STEP <= USABLE;
        let oldest = this_step() - i64::from(!ends_soon);
        let step = oldest.max(self.last.get() + 1);
        assert!(
            step <= this_step() + 1 + i64::from(ends_soon),
            "this test needs too many codes at a time"
        );
        while step > this_step() + 1 {
            thread::sleep(Duration::from_millis(100));
        }
        self.last.set(step);
        code_at(&decode(&self.secret), step)
    }

    /// A code that is certainly wrong.
    pub fn wrong_code(&self) -> String {
        let secret = decode(&self.secret);
        let near: Vec<String> = (-5..=5)
            .map(|drift| code_at(&secret, this_step() + drift))
            .collect();
        let mut guesses = (0..100).map(|guess| format!("{guess:06}"));
        guesses.find(|guess| !near.contains(guess)).unwrap()
    }
}

fn seconds() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

pub fn this_step() -> i64 {
    i64::try_from(seconds() / STEP).unwrap()
}

/// RFC 6238, written a second time.
pub fn code_at(secret: &[u8], step: i64) -> String {
    let tag = sign(
        &Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret),
        &step.to_be_bytes(),
    );
    let offset = usize::from(tag.as_ref()[19] & 15);
    let four: [u8; 4] = tag.as_ref()[offset..offset + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// RFC 4648 base32.
pub fn decode(secret: &str) -> Vec<u8> {
    let bits: String = secret
        .bytes()
        .map(|letter| {
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                .bytes()
                .position(|known| known == letter)
        })
        .map(|value| format!("{:05b}", value.unwrap()))
        .collect();
    let octets = bits.as_bytes().chunks_exact(8);
    octets
        .map(|octet| u8::from_str_radix(std::str::from_utf8(octet).unwrap(), 2).unwrap())
        .collect()
}

/// Somebody with an app and recovery codes, logged in where it was enrolled.
pub struct Protected {
    pub user: LoggedIn,
    pub app: AuthenticatorApp,
    pub recovery_codes: Vec<String>,
}

pub async fn enrol(app: &TestApp, user: &LoggedIn) -> AuthenticatorApp {
    let request = app.post("/api/v1/auth/mfa/totp").bearer(&user.access_token);
    let enrolment = request
        .json(json!({ "name": "My phone" }))
        .send()
        .await
        .expect(201);
    AuthenticatorApp::new(&enrolment.json())
}

pub async fn confirm(app: &TestApp, user: &LoggedIn, id: &str, code: &str) -> TestResponse {
    let path = format!("/api/v1/auth/mfa/totp/{id}/confirm");
    let request = app.post(&path).bearer(&user.access_token);
    request.json(json!({ "code": code })).send().await
}

pub async fn protect(app: &TestApp, user: LoggedIn) -> Protected {
    let phone = enrol(app, &user).await;
    let codes = confirm(app, &user, &phone.id, &phone.code())
        .await
        .expect(200)
        .json();
    let codes = codes["recovery_codes"].as_array().unwrap().iter();
    Protected {
        recovery_codes: codes.map(|code| code.as_str().unwrap().to_owned()).collect(),
        user,
        app: phone,
    }
}

pub async fn protected(app: &TestApp, email: &str) -> Protected {
    protect(app, app.user(email).await).await
}

/// The first step of a login, which must ask for a second one.
pub async fn begin(app: &TestApp, email: &str) -> String {
    begin_with(app, email, PASSWORD).await
}

pub async fn begin_with(app: &TestApp, email: &str, password: &str) -> String {
    let body = json!({ "email": email, "password": password });
    let answer = app.post("/api/v1/auth/login").json(body).send().await.expect(200);
    let asked = answer.json();
    assert_eq!(asked["mfa_required"], true, "{asked}");
    asked["mfa_token"].as_str().unwrap().to_owned()
}

pub async fn verify(app: &TestApp, token: &str, method: &str, code: &str) -> TestResponse {
    let body = json!({ "mfa_token": token, "method": method, "code": code });
    app.post("/api/v1/auth/mfa/verify").json(body).send().await
}

pub async fn status(app: &TestApp, user: &LoggedIn) -> Value {
    let request = app.get("/api/v1/auth/mfa").bearer(&user.access_token);
    request.send().await.expect(200).json()
}

/// Lets the last proof of who a user is grow old.
pub async fn let_time_pass(app: &TestApp, user: &LoggedIn) {
    use mainstay_domain::UserId;
    let store = &app.context().store;
    let id: UserId = user.id.parse().unwrap();
    let sessions = store.read().sessions();
    let now = app.context().clock.now();
    let all = sessions
        .list_alive(id, now, &mainstay_domain::PageRequest::default())
        .await
        .unwrap();
    let long_ago = now - std::time::Duration::from_secs(16 * 60);
    for session in all.items {
        sessions
            .reauthenticate(session.id, session.methods, long_ago)
            .await
            .unwrap();
    }
    // Longer than a principal is remembered.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
}
