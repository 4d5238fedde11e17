//! Judging ID tokens (OpenID Connect Core section 3.1.3.7, RFC 8725).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use mainstay_domain::Timestamp;
use mainstay_services::ports::ProviderError;
use serde::Deserialize;
use serde_json::Value;

use super::claims::Claims;

/// Nobody should make the server decode megabytes.
const LONGEST: usize = 16 << 10;
/// Seconds by which clocks may differ.
const SKEW: i64 = 60;

/// A token that was taken apart; nothing in it is believed yet.
pub(super) struct IdToken<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    message: &'a str,
    signature: &'a str,
    /// What it says, to be believed after [`IdToken::check`].
    pub(super) claims: Claims,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// What the claims of a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

pub(super) fn refused(why: &str) -> ProviderError {
    ProviderError::Refused(why.to_owned())
}

impl<'a> IdToken<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, ProviderError> {
        let malformed = || refused("the ID token is malformed");
        if token.len() > LONGEST {
            return Err(malformed());
        }
        let (message, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, claims) = message.split_once('.').ok_or_else(malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed());
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed())?;
        if header.crit.is_some() {
            return Err(refused("the ID token asks for extensions"));
        }
        Ok(Self {
            algorithm: asymmetric(&header.alg).ok_or_else(|| refused("the algorithm is not accepted"))?,
            kid: header.kid,
            message,
            signature,
            claims: serde_json::from_slice(&decode(claims)?).map_err(|_| malformed())?,
        })
    }

    /// Checks signature and claims.
    pub(super) fn check(&self, key: &DecodingKey, expected: &Expected<'_>) -> Result<(), ProviderError> {
        let genuine = crypto::verify(self.signature, self.message.as_bytes(), key, self.algorithm);
        if !genuine.unwrap_or(false) {
            return Err(refused("the signature is wrong"));
        }
        if self.claims.text("iss") != Some(expected.issuer) {
            return Err(refused("the ID token is of another issuer"));
        }
        self.check_audience(expected.audience)?;
        if self.claims.text("nonce") != Some(expected.nonce) {
            return Err(refused("the nonce is another"));
        }
        self.check_times(expected.now.timestamp())
    }

    fn check_audience(&self, client: &str) -> Result<(), ProviderError> {
        let azp = self.claims.get("azp");
        let ours = match self.claims.get("aud") {
            Some(Value::String(audience)) => audience == client,
            // For several the token must say which of them asked for it.
            Some(Value::Array(list)) if list.len() > 1 => {
                azp.is_some() && list.iter().any(|audience| audience == client)
            }
            Some(Value::Array(list)) => list.first().is_some_and(|audience| audience == client),
            _ => false,
        };
        if !ours {
            return Err(refused("the ID token is for somebody else"));
        }
        if azp.is_some_and(|azp| azp != client) {
            return Err(refused("the ID token was asked for by somebody else"));
        }
        Ok(())
    }

    fn check_times(&self, now: i64) -> Result<(), ProviderError> {
        let seconds = |name: &str| self.claims.get(name).and_then(Value::as_i64);
        let ends = seconds("exp").ok_or_else(|| refused("the ID token never ends"))?;
        let issued = seconds("iat").ok_or_else(|| refused("the ID token has no time"))?;
        let begins = match self.claims.get("nbf") {
            None => issued,
            Some(begins) => begins.as_i64().unwrap_or(i64::MAX),
        };
        if ends.saturating_add(SKEW) <= now {
            return Err(refused("the ID token has expired"));
        }
        if issued.max(begins) > now.saturating_add(SKEW) {
            return Err(refused("the ID token is from the future"));
        }
        Ok(())
    }
}

/// Algorithms with a public key only: with a symmetric one, whoever knows the "key" could sign.
fn asymmetric(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" => Algorithm::EdDSA,
        _ => return None,
    })
}
