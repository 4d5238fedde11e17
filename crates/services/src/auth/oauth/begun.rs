//! What is remembered between two steps of a login at a provider.
//!
//! It is sealed: the verifier of PKCE and the nonce would let whoever reads the database finish
//! a login that somebody else began, and names and addresses are nobody's business.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Duration;
use mainstay_domain::{
    Email, IdentityKey, OneTimeToken, PersonName, TokenHash, TokenPurpose, UserId, truncate_to_micros,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::OauthError;
use crate::{
    Failure,
    auth::{
        AuthService,
        one_time_token::{hash_of, new_token},
    },
    ports::ProvedIdentity,
};

/// A login at a provider that was begun.
#[derive(Serialize, Deserialize)]
pub(super) struct Begun {
    pub(super) provider: String,
    pub(super) verifier: String,
    pub(super) nonce: String,
    pub(super) redirect_uri: Option<String>,
    /// What the browser's cookie must hash to.
    pub(super) browser: Option<String>,
    /// What the verifier that comes with the exchange must hash to.
    pub(super) challenge: Option<String>,
    pub(super) link: Option<Linking>,
}

/// Who wants the identity linked to their account.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Linking {
    pub(super) user: Uuid,
    pub(super) session: Uuid,
}

/// A login at a provider that is over.
#[derive(Serialize, Deserialize)]
pub(super) struct Arrival {
    pub(super) provider: String,
    issuer: String,
    subject: String,
    email: Option<String>,
    email_verified: bool,
    first_name: Option<String>,
    last_name: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) link: Option<Linking>,
}

impl Arrival {
    pub(super) fn new(begun: &Begun, proved: &ProvedIdentity) -> Self {
        let name = |name: &PersonName| name.as_str().to_owned();
        Self {
            provider: begun.provider.clone(),
            issuer: proved.key.issuer().to_owned(),
            subject: proved.key.subject().to_owned(),
            email: proved.email.as_ref().map(|email| email.as_str().to_owned()),
            email_verified: proved.email_verified,
            first_name: proved.first_name.as_ref().map(name),
            last_name: proved.last_name.as_ref().map(name),
            challenge: begun.challenge.clone(),
            link: begun.link,
        }
    }

    /// What was valid when it was written down.
    pub(super) fn proved(&self) -> Result<ProvedIdentity, OauthError> {
        let name = |raw: &Option<String>| raw.as_deref().and_then(|raw| PersonName::parse(raw).ok());
        Ok(ProvedIdentity {
            key: IdentityKey::parse(&self.issuer, &self.subject).map_err(|_| OauthError::CodeInvalid)?,
            email: self.email.as_deref().and_then(|raw| Email::parse(raw).ok()),
            email_verified: self.email_verified,
            first_name: name(&self.first_name),
            last_name: name(&self.last_name),
        })
    }
}

/// BASE64URL(SHA-256(secret)): the `S256` of RFC 7636, and what is kept of a browser's cookie.
pub(super) fn challenge_of(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes()))
}

/// Whether `secret` is what `challenge` was made of. Takes the same time whatever it is.
pub(super) fn answers(challenge: &str, secret: Option<&str>) -> bool {
    secret.is_some_and(|secret| {
        verify_slices_are_equal(challenge.as_bytes(), challenge_of(secret).as_bytes()).is_ok()
    })
}

impl AuthService {
    /// Keeps `what` under a new token, which is returned.
    pub(super) async fn keep_oauth(
        &self,
        purpose: TokenPurpose,
        what: &impl Serialize,
        (user, life): (Option<UserId>, Duration),
    ) -> Result<String, OauthError> {
        let token = new_token(&*self.ports.entropy);
        let hash = hash_of(&token);
        let json = serde_json::to_vec(what).map_err(|error| Failure::Internal(error.to_string()))?;
        let sealed = self.ports.mail.sealer.seal(&place(purpose, &hash), &json)?;
        let now = self.now();
        let kept = OneTimeToken {
            hash,
            purpose,
            user_id: user,
            created_at: now,
            expires_at: truncate_to_micros(now + life),
            payload: Some(sealed),
            tries: 0,
        };
        self.ports.store.read().one_time_tokens().insert(&kept).await?;
        Ok(token)
    }

    /// Uses a token up and gives back what was kept under it: to one of any number of calls.
    pub(super) async fn take_oauth<T: DeserializeOwned>(
        &self,
        purpose: TokenPurpose,
        token: &str,
    ) -> Result<Option<T>, OauthError> {
        let hash = hash_of(token);
        let tokens = self.ports.store.read().one_time_tokens();
        let taken = tokens.consume(&hash, purpose, self.now()).await?;
        let Some(sealed) = taken.and_then(|token| token.payload) else {
            return Ok(None);
        };
        // Sealed under another key: of before a rotation, and worth nothing.
        let Ok(json) = self.ports.mail.sealer.open(&place(purpose, &hash), &sealed) else {
            return Ok(None);
        };
        Ok(serde_json::from_slice(&json).ok())
    }
}

fn place(purpose: TokenPurpose, hash: &TokenHash) -> String {
    format!("{}:{}", purpose.as_str(), BASE64_URL_SAFE_NO_PAD.encode(hash.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_example_in_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(challenge_of(verifier), challenge);
        assert!(answers(challenge, Some(verifier)));
        assert!(!answers(challenge, Some("another")) && !answers(challenge, None));
    }
}
