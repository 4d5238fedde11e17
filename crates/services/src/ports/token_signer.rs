//! Access tokens.

use mainstay_domain::{SessionId, Timestamp, UserId};

/// What an access token says (RFC 9068 section 2.2); issuer and audience are the signer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub`: whose token it is.
    pub user_id: UserId,
    /// `sid`: the session it belongs to.
    pub session_id: SessionId,
    /// `jti`: its own id.
    pub token_id: uuid::Uuid,
    /// `iat` and `nbf`, whole seconds.
    pub issued_at: Timestamp,
    /// `exp`, whole seconds.
    pub expires_at: Timestamp,
}

/// The token is not one of ours, not for us, or not valid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// Valid once, expired now.
    #[error("the token has expired")]
    Expired,
    /// Signed with a key that is not known here; it may have been made a moment ago elsewhere.
    #[error("the token names an unknown key")]
    UnknownKey,
    /// Anything else.
    #[error("the token is not valid")]
    Malformed,
}

/// A token could not be signed; a defect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the token could not be signed: {0}")]
pub struct SignError(pub String);

/// Signs and verifies access tokens. Every key is pinned to one algorithm (RFC 8725 section 3.1).
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait TokenSigner: Send + Sync {
    /// Signs an access token.
    ///
    /// # Errors
    /// [`SignError`], a defect.
    fn sign(&self, claims: &AccessClaims) -> Result<String, SignError>;

    /// Checks signature, type, issuer, audience and times of an access token.
    ///
    /// # Errors
    /// [`InvalidToken`].
    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, InvalidToken>;
}
