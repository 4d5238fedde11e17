//! Who is behind a credential.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::Principal;
use mainstay_services::{
    api_keys::ApiKeyService,
    auth::{AuthError, AuthService},
    signing_keys::SigningKeyService,
};

use crate::{error::ApiError, extract::Authenticator};

/// Knows access tokens and API keys.
pub struct Doorkeeper {
    /// Access tokens.
    pub auth: Arc<AuthService>,
    /// API keys.
    pub api_keys: Arc<ApiKeyService>,
    /// What access tokens are signed with.
    pub signing_keys: Arc<SigningKeyService>,
}

#[async_trait]
impl Authenticator for Doorkeeper {
    async fn authenticate(&self, token: &str) -> Result<Arc<Principal>, ApiError> {
        if ApiKeyService::claims(token) {
            return self.authenticate_api_key(token).await;
        }
        match self.auth.authenticate(token).await {
            // Another replica may have begun to sign with a key that this one has not read yet.
            Err(AuthError::UnknownSigningKey) if self.signing_keys.look_for_new().await? => {
                Ok(self.auth.authenticate(token).await?)
            }
            result => Ok(result?),
        }
    }

    async fn authenticate_api_key(&self, key: &str) -> Result<Arc<Principal>, ApiError> {
        Ok(self.api_keys.authenticate(key).await?)
    }

    async fn require_recent(&self, principal: &Principal) -> Result<(), ApiError> {
        Ok(self.auth.require_recent(principal).await?)
    }
}
