//! Access tokens as JSON Web Tokens.

use std::{borrow::Cow, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto, encode};
use mainstay_domain::Timestamp;
use mainstay_services::ports::{AccessClaims, InvalidToken, SignError, TokenSigner};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The one algorithm (RFC 8725 section 3.1): what a token's header says is compared with it
/// and never obeyed.
const ALGORITHM: Algorithm = Algorithm::HS256;

/// The `typ` of access tokens (RFC 9068 section 2.1), so that no other kind of token passes.
const TOKEN_TYPE: &str = "at+jwt";

/// Ours have some 500 octets; nobody should make the server decode megabytes.
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
    /// The HMAC key; see [`derive_key`](crate::derive_key).
    pub key: [u8; 32],
}

impl fmt::Debug for JwtSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtSettings")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("key", &"***")
            .finish()
    }
}

/// Signs and verifies access tokens (RFC 9068) with HMAC-SHA256.
pub struct JwtSigner {
    issuer: String,
    audience: String,
    header: Header,
    /// `header` as it stands in every token of ours; recognising it saves parsing it.
    encoded_header: String,
    encoding_key: EncodingKey,
    decoding_key: DecodingKey,
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
        let header = Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            ..Header::new(ALGORITHM)
        };
        // The same serializer as in `encode`. Were it ever to differ, tokens would take the
        // slow path below and still be judged alike.
        let encoded_header = serde_json::to_vec(&header)
            .map(|json| URL_SAFE_NO_PAD.encode(json))
            .unwrap_or_default();
        Self {
            issuer: settings.issuer,
            audience: settings.audience,
            header,
            encoded_header,
            encoding_key: EncodingKey::from_secret(&settings.key),
            decoding_key: DecodingKey::from_secret(&settings.key),
        }
    }

    /// Checks everything that needs no clock.
    fn authenticate(&self, token: &str) -> Option<AccessClaims> {
        if token.len() > MAX_TOKEN_LEN {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        if header != self.encoded_header && !is_our_kind(header) {
            return None;
        }
        if !crypto::verify(signature, message.as_bytes(), &self.decoding_key, ALGORITHM).ok()? {
            return None;
        }
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
}

impl TokenSigner for JwtSigner {
    fn sign(&self, claims: &AccessClaims) -> Result<String, SignError> {
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
        encode(&self.header, &wire, &self.encoding_key).map_err(|error| SignError(error.to_string()))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, InvalidToken> {
        let claims = self.authenticate(token).ok_or(InvalidToken::Malformed)?;
        if claims.issued_at.timestamp() > now.timestamp().saturating_add(NOT_BEFORE_LEEWAY) {
            return Err(InvalidToken::Malformed);
        }
        if now >= claims.expires_at {
            return Err(InvalidToken::Expired);
        }
        Ok(claims)
    }
}

impl fmt::Debug for JwtSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtSigner")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// Whether a header names our algorithm and our type (RFC 9068 section 4: in any case, with or
/// without `application/`) and demands nothing that we do not understand (RFC 7515 section
/// 4.1.11).
fn is_our_kind(encoded_header: &str) -> bool {
    let header = URL_SAFE_NO_PAD
        .decode(encoded_header)
        .ok()
        .and_then(|json| serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&json).ok());
    let Some(header) = header else { return false };
    let text = |name: &str| header.get(name).and_then(serde_json::Value::as_str);
    let is_access_token = text("typ").is_some_and(|typ| {
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == TOKEN_TYPE
    });
    text("alg") == Some("HS256") && is_access_token && !header.contains_key("crit")
}

#[cfg(test)]
#[path = "jwt_signer_tests.rs"]
mod tests;
