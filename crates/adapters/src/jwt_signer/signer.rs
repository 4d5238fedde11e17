//! Signing and verifying.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mainstay_domain::{SigningAlgorithm, Timestamp};
use mainstay_services::ports::{
    AccessClaims, GeneratedKey, InvalidToken, KeyRing, RingKey, SignError, TokenSigner,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    header,
    held_key::{self, HeldKey},
    hmac_keys::HmacKeys,
    ring::Ring,
};

/// Ours have some 500 to 1,000 octets; nobody should make the server decode megabytes.
const MAX_TOKEN_LEN: usize = 4096;

/// Seconds a token may come from the future: the clocks of two replicas differ.
const NOT_BEFORE_LEEWAY: i64 = 5;

/// Who signs, for whom, and with what.
#[derive(Clone)]
pub struct JwtSettings {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// What new tokens are signed with. Tokens signed otherwise are still verified.
    pub algorithm: SigningAlgorithm,
    /// The HMAC key; see [`derive_key`](crate::derive_key).
    pub key: [u8; 32],
    /// The HMAC key before this one; tokens signed with it are still good.
    pub previous_key: Option<[u8; 32]>,
}

impl fmt::Debug for JwtSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtSettings")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("algorithm", &self.algorithm)
            .field("key", &"***")
            .finish()
    }
}

/// Signs and verifies access tokens (RFC 9068).
///
/// A token without `kid` is HS256 and nothing else; a token with `kid` is of the algorithm of the
/// key it names and nothing else. What a header says about algorithms is compared with that and
/// never obeyed (RFC 8725 section 3.1). HS256 takes no lock; otherwise the keys are read behind
/// one that only [`KeyRing::install`] ever holds for longer than it takes to count a reference.
pub struct JwtSigner {
    issuer: String,
    audience: String,
    algorithm: SigningAlgorithm,
    hmac: HmacKeys,
    ring: RwLock<Arc<Ring>>,
}

/// The claims as they travel. Every one is required, and of exactly this type.
#[derive(Serialize, Deserialize)]
struct WireClaims<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    #[serde(borrow)]
    aud: Cow<'a, str>,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl JwtSigner {
    /// A signer by `settings`.
    #[must_use]
    pub fn new(settings: JwtSettings) -> Self {
        Self {
            hmac: HmacKeys::new(&settings.key, settings.previous_key.as_ref()),
            issuer: settings.issuer,
            audience: settings.audience,
            algorithm: settings.algorithm,
            ring: RwLock::default(),
        }
    }

    fn ring(&self) -> Arc<Ring> {
        // Replaced as a whole, so that a panic elsewhere has not harmed it.
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Checks everything that needs no clock but the life of keys.
    fn authenticate(&self, token: &str, now: Timestamp) -> Result<AccessClaims, InvalidToken> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(InvalidToken::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(InvalidToken::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(InvalidToken::Malformed)?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| InvalidToken::Malformed)?;
        if !self.is_signed(header, message.as_bytes(), &signature, now)? {
            return Err(InvalidToken::Malformed);
        }
        self.read_claims(payload).ok_or(InvalidToken::Malformed)
    }

    fn is_signed(
        &self,
        header: &str,
        message: &[u8],
        signature: &[u8],
        now: Timestamp,
    ) -> Result<bool, InvalidToken> {
        if header == self.hmac.header {
            return Ok(self.hmac.verifies(message, signature));
        }
        let ring = self.ring();
        if let Some(key) = ring.with_header(header) {
            return Ok(key.verifies(message, signature, now));
        }
        // Not a header that we write, but it may mean the same.
        let named = header::read(header).ok_or(InvalidToken::Malformed)?;
        let verify_with = |key: &HeldKey| {
            named.algorithm == key.algorithm.as_str() && key.verifies(message, signature, now)
        };
        match &named.kid {
            Some(kid) => ring.named(kid).map(verify_with).ok_or(InvalidToken::UnknownKey),
            None => {
                Ok(named.algorithm == SigningAlgorithm::Hs256.as_str()
                    && self.hmac.verifies(message, signature))
            }
        }
    }

    fn read_claims(&self, payload: &str) -> Option<AccessClaims> {
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let claims: WireClaims<'_> = serde_json::from_slice(&payload).ok()?;
        if claims.iss != self.issuer || claims.aud != self.audience || claims.nbf != claims.iat {
            return None;
        }
        Some(AccessClaims {
            user_id: claims.sub.into(),
            session_id: claims.sid.into(),
            token_id: claims.jti,
            issued_at: Timestamp::from_timestamp(claims.nbf, 0)?,
            expires_at: Timestamp::from_timestamp(claims.exp, 0)?,
        })
    }

    fn payload(&self, claims: &AccessClaims) -> Result<String, SignError> {
        let issued_at = claims.issued_at.timestamp();
        let wire = WireClaims {
            iss: Cow::Borrowed(&self.issuer),
            aud: Cow::Borrowed(&self.audience),
            sub: claims.user_id.uuid(),
            sid: claims.session_id.uuid(),
            jti: claims.token_id,
            iat: issued_at,
            nbf: issued_at,
            exp: claims.expires_at.timestamp(),
        };
        let json = serde_json::to_vec(&wire).map_err(|error| SignError(error.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }
}

impl TokenSigner for JwtSigner {
    fn sign(&self, claims: &AccessClaims) -> Result<String, SignError> {
        let payload = self.payload(claims)?;
        if self.algorithm == SigningAlgorithm::Hs256 {
            let message = format!("{}.{payload}", self.hmac.header);
            let signature = URL_SAFE_NO_PAD.encode(self.hmac.sign(message.as_bytes()));
            return Ok(format!("{message}.{signature}"));
        }
        let ring = self.ring();
        let key = ring
            .signing(self.algorithm, claims.issued_at)
            .ok_or_else(|| SignError(format!("there is no key for {}", self.algorithm)))?;
        let message = format!("{}.{payload}", key.header);
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
        Ok(format!("{message}.{signature}"))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, InvalidToken> {
        let claims = self.authenticate(token, now)?;
        if claims.issued_at.timestamp() > now.timestamp().saturating_add(NOT_BEFORE_LEEWAY) {
            return Err(InvalidToken::Malformed);
        }
        if now >= claims.expires_at {
            return Err(InvalidToken::Expired);
        }
        Ok(claims)
    }
}

impl KeyRing for JwtSigner {
    fn generate(&self, algorithm: SigningAlgorithm) -> Result<GeneratedKey, SignError> {
        held_key::generate(algorithm)
    }

    fn install(&self, keys: Vec<RingKey>) -> Result<(), SignError> {
        let ring = Arc::new(Ring::new(&keys)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    fn jwks(&self, now: Timestamp) -> String {
        self.ring().jwks(now)
    }
}

impl fmt::Debug for JwtSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtSigner")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "signer_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "key_pair_tests.rs"]
mod key_pair_tests;
