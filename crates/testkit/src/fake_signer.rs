//! Access tokens anybody can read and make.

use chrono::DateTime;
use mainstay_domain::Timestamp;
use mainstay_services::ports::{AccessClaims, InvalidToken, SignError, TokenSigner};

/// Writes claims in the clear; for tests only.
pub struct FakeSigner;

impl TokenSigner for FakeSigner {
    fn sign(&self, claims: &AccessClaims) -> Result<String, SignError> {
        Ok(format!(
            "{}/{}/{}/{}/{}",
            claims.user_id,
            claims.session_id,
            claims.token_id,
            claims.issued_at.timestamp_micros(),
            claims.expires_at.timestamp_micros(),
        ))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, InvalidToken> {
        let claims = read(token).ok_or(InvalidToken::Malformed)?;
        if claims.expires_at <= now {
            return Err(InvalidToken::Expired);
        }
        Ok(claims)
    }
}

fn read(token: &str) -> Option<AccessClaims> {
    let parts: Vec<_> = token.split('/').collect();
    let [user, session, id, issued, expires] = parts.as_slice() else {
        return None;
    };
    let time = |raw: &str| DateTime::from_timestamp_micros(raw.parse().ok()?);
    Some(AccessClaims {
        user_id: user.parse().ok()?,
        session_id: session.parse().ok()?,
        token_id: id.parse().ok()?,
        issued_at: time(issued)?,
        expires_at: time(expires)?,
    })
}
