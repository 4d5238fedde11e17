//! An authenticator in software, with a browser around it, and knobs for doing it wrong.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::{Value, json};

pub const ORIGIN: &str = "http://localhost:8000";
const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const CREDENTIAL_INCLUDED: u8 = 1 << 6;

/// One passkey, and the browser that asks for it.
pub struct SoftAuthenticator {
    key: EcdsaKeyPair,
    pub credential_id: Vec<u8>,
    pub user_handle: Option<Vec<u8>>,
    /// Counts up before each use; `None` always says 0.
    pub count: Option<u32>,
    pub verifies_user: bool,
    pub origin: String,
    pub rp_id: String,
    pub cross_origin: bool,
    pub kind: Option<&'static str>,
}

impl SoftAuthenticator {
    pub fn new() -> Self {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::generate(algorithm).unwrap();
        Self {
            credential_id: key.public_key().as_ref()[1..33].to_vec(),
            key,
            user_handle: None,
            count: None,
            verifies_user: true,
            origin: ORIGIN.to_owned(),
            rp_id: "localhost".to_owned(),
            cross_origin: false,
            kind: None,
        }
    }

    /// What `navigator.credentials.create()` answers.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user_handle = Some(decode(options["user"]["id"].as_str().unwrap()));
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let mut data = self.authenticator_data(CREDENTIAL_INCLUDED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(self.cose_key());
        let mut object = vec![0xa3];
        object.extend(text("fmt"));
        object.extend(text("none"));
        object.extend(text("attStmt"));
        object.push(0xa0);
        object.extend(text("authData"));
        object.push(0x59);
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        let response = json!({
            "clientDataJSON": encode(&client_data),
            "attestationObject": encode(&object),
            "transports": ["internal", "hybrid", "carrier-pigeon"],
            "publicKeyAlgorithm": -7,
        });
        self.credential(response)
    }

    /// What `navigator.credentials.get()` answers.
    pub fn get(&mut self, options: &Value) -> Value {
        self.count = self.count.map(|count| count + 1);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.authenticator_data(0);
        let signed = [&data, digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": encode(&client_data),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": self.user_handle.as_deref().map(encode),
        });
        self.credential(response)
    }

    fn credential(&self, response: Value) -> Value {
        json!({
            "id": encode(&self.credential_id),
            "rawId": encode(&self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        })
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data = json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.verifies_user { USER_VERIFIED } else { 0 };
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags | USER_PRESENT | verified);
        data.extend(self.count.unwrap_or_default().to_be_bytes());
        data
    }

    /// `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let mut key = vec![0xa5, 1, 2, 3, 0x26, 0x20, 1];
        for (label, half) in [(0x21, &point[1..33]), (0x22, &point[33..])] {
            key.extend([label, 0x58, 32]);
            key.extend(half);
        }
        key
    }
}

fn text(text: &str) -> Vec<u8> {
    let mut cbor = vec![0x60 + u8::try_from(text.len()).unwrap()];
    cbor.extend(text.as_bytes());
    cbor
}

pub fn encode(octets: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(octets)
}

pub fn decode(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// A server whose pages are at [`ORIGIN`].
pub async fn server() -> TestApp {
    TestApp::with("passkeys.origins", ORIGIN).start().await
}

pub async fn creation_options(app: &TestApp, user: &LoggedIn) -> Value {
    let request = app.post("/api/v1/auth/passkeys/registration/options");
    let answer = request.bearer(&user.access_token).send().await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.json()
}

pub async fn register(app: &TestApp, user: &LoggedIn, created: Value) -> TestResponse {
    let request = app.post("/api/v1/auth/passkeys").bearer(&user.access_token);
    request
        .json(json!({ "name": "My laptop", "passkey": created }))
        .send()
        .await
}

/// An authenticator with a passkey of `user`, and the answer to its registration.
pub async fn registered(app: &TestApp, user: &LoggedIn) -> (SoftAuthenticator, Value) {
    let mut authenticator = SoftAuthenticator::new();
    let created = authenticator.create(&creation_options(app, user).await);
    let answer = register(app, user, created).await.expect(201).json();
    (authenticator, answer)
}

pub async fn login_options(app: &TestApp) -> Value {
    let request = app.post("/api/v1/auth/passkeys/login/options");
    request.send().await.expect(200).json()
}

pub async fn log_in(app: &TestApp, used: Value) -> TestResponse {
    let request = app.post("/api/v1/auth/passkeys/login");
    request.json(json!({ "passkey": used })).send().await
}

pub async fn second_factor_options(app: &TestApp, token: &str) -> Value {
    let request = app.post("/api/v1/auth/passkeys/second-factor/options");
    request
        .json(json!({ "mfa_token": token }))
        .send()
        .await
        .expect(200)
        .json()
}

pub async fn verify_passkey(app: &TestApp, token: &str, used: Value) -> TestResponse {
    let body = json!({ "mfa_token": token, "method": "passkey", "passkey": used });
    app.post("/api/v1/auth/mfa/verify").json(body).send().await
}
