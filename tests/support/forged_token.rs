//! Access tokens that nobody issued.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_adapters::derive_key;
use mainstay_testkit::TestAppBuilder;
use serde_json::Value;

/// The key the test's server signs access tokens with.
pub fn server_key() -> [u8; 32] {
    derive_key(TestAppBuilder::SECRET_KEY.as_bytes(), "access tokens")
}

/// The claims of a token.
pub fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// A token with this header and these claims, signed with HS256 and `key`.
pub fn forge(header: &Value, claims: &Value, key: &[u8]) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = sign(&Key::new(HMAC_SHA256, key), message.as_bytes());
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}
