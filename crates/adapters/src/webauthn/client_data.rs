//! What the browser says: challenge, origin and type (WebAuthn section 5.8.1).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_services::ports::PasskeyError;
use serde::Deserialize;

/// Members that are looked at; browsers may add others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

impl ClientData {
    pub(super) fn parse(json: &[u8]) -> Result<Self, PasskeyError> {
        serde_json::from_slice(json).map_err(|_| PasskeyError("client data that is no JSON"))
    }

    pub(super) fn challenge(&self) -> Result<Vec<u8>, PasskeyError> {
        let challenge = BASE64_URL_SAFE_NO_PAD.decode(&self.challenge);
        challenge.map_err(|_| PasskeyError("a challenge that is no base64url"))
    }

    /// Goes on only with what was asked for, here, and not from within somebody else's page.
    pub(super) fn check(&self, kind: &str, challenge: &[u8], origins: &[String]) -> Result<(), PasskeyError> {
        if self.kind != kind {
            return Err(PasskeyError("another kind of ceremony"));
        }
        if self.challenge()? != challenge {
            return Err(PasskeyError("another challenge"));
        }
        if !origins.contains(&self.origin) {
            return Err(PasskeyError("an origin that is not ours"));
        }
        if self.cross_origin || self.top_origin.is_some() {
            return Err(PasskeyError("a page within a page of another origin"));
        }
        Ok(())
    }
}
