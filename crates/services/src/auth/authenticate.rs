//! From an access token to a principal.

use std::sync::Arc;

use mainstay_domain::{Principal, SessionId};

use super::{AuthError, AuthService};
use crate::ports::{AccessClaims, InvalidToken};

impl AuthService {
    /// Finds out who is calling. The token only names the session: whether that lives, whether
    /// its user is active and what the user may do is looked up, or remembered for at most a
    /// second.
    ///
    /// # Errors
    /// `InvalidAccessToken`, `AccessTokenExpired`, `UnknownSigningKey`, `Failure`.
    pub async fn authenticate(&self, token: &str) -> Result<Arc<Principal>, AuthError> {
        let now = self.now();
        let claims = self
            .ports
            .signer
            .verify(token, now)
            .map_err(|error| match error {
                InvalidToken::Expired => AuthError::AccessTokenExpired,
                InvalidToken::UnknownKey => AuthError::UnknownSigningKey,
                InvalidToken::Malformed => AuthError::InvalidAccessToken,
            })?;
        let principal = match self.ports.principals.get(claims.session_id.into()) {
            Some(principal) => principal,
            None => self.load(claims.session_id).await?,
        };
        if !holds(&principal, &claims) || !principal.is_alive(now) {
            return Err(AuthError::InvalidAccessToken);
        }
        Ok(principal)
    }

    async fn load(&self, session_id: SessionId) -> Result<Arc<Principal>, AuthError> {
        let ticket = self.ports.principals.ticket();
        let found = self
            .ports
            .store
            .read()
            .sessions()
            .find_with_user(session_id)
            .await?;
        let (session, user) = found.ok_or(AuthError::InvalidAccessToken)?;
        if session.revoked.is_some() || !user.is_active() {
            return Err(AuthError::InvalidAccessToken);
        }
        let mut permissions = self.ports.roles.permissions_of(&user.roles).await?;
        if self.requires_second_factor(&user.roles) && !session.methods.is_multi_factor() {
            // One factor is enough for looking after oneself, such as adding a second one.
            permissions = Arc::default();
        }
        let principal = Arc::new(Principal {
            user,
            credential: session.into(),
            permissions,
        });
        self.ports.principals.put(ticket, Arc::clone(&principal));
        Ok(principal)
    }
}

fn holds(principal: &Principal, claims: &AccessClaims) -> bool {
    principal.user.id == claims.user_id
}
