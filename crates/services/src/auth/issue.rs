//! Making sessions and tokens.

use chrono::Duration;
use mainstay_domain::{AuthMethods, Origin, Session, SessionId, TokenHash, User, truncate_to_micros};

use super::{
    AuthError, AuthService,
    refresh_token::{RefreshToken, SessionSecret},
};
use crate::ports::AccessClaims;

/// What a client gets for logging in or refreshing.
#[derive(Clone)]
pub struct TokenPair {
    /// Signed access token.
    pub access_token: String,
    /// Its life.
    pub expires_in: Duration,
    /// Opaque, single-use refresh token.
    pub refresh_token: String,
    /// Its life.
    pub refresh_expires_in: Duration,
}

impl std::fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenPair")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

impl AuthService {
    /// A session that was not stored yet, and its first refresh token.
    pub(super) fn new_session(
        &self,
        user: &User,
        methods: AuthMethods,
        origin: &Origin,
    ) -> (Session, RefreshToken) {
        let now = self.now();
        let id = SessionId(self.ports.entropy.id(now));
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.ports.entropy.secret()[..16]);
        let token = RefreshToken::derive(&self.secret(id, &salt), 0);
        let absolute = truncate_to_micros(now + self.settings.refresh_absolute_ttl);
        let session = Session {
            id,
            user_id: user.id,
            generation: 0,
            token_hash: token.hash(),
            salt,
            origin: origin.clone(),
            created_at: now,
            last_used_at: now,
            idle_expires_at: (now + self.settings.refresh_idle_ttl).min(absolute),
            absolute_expires_at: absolute,
            authenticated_at: now,
            methods,
            revoked: None,
        };
        (session, token)
    }

    pub(super) fn secret<'a>(&'a self, id: SessionId, salt: &'a [u8; 16]) -> SessionSecret<'a> {
        SessionSecret {
            key: &self.settings.refresh_key,
            session_id: id,
            salt,
        }
    }

    /// Signs an access token for a session and pairs it with a refresh token.
    pub(super) fn token_pair(&self, session: &Session, token: &RefreshToken) -> Result<TokenPair, AuthError> {
        let now = self.now();
        let claims = AccessClaims {
            user_id: session.user_id,
            session_id: session.id,
            token_id: self.ports.entropy.id(now),
            issued_at: now,
            expires_at: now + self.settings.access_ttl,
        };
        Ok(TokenPair {
            access_token: self.ports.signer.sign(&claims)?,
            expires_in: self.settings.access_ttl,
            refresh_token: token.encode(),
            refresh_expires_in: session.idle_expires_at - now,
        })
    }
}

/// Compares hashes without telling by time where they differ.
pub(super) fn same(a: &TokenHash, b: &TokenHash) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(&a.0, &b.0).is_ok()
}
