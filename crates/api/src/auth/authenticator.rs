//! Who is behind a bearer token.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::Principal;
use mainstay_services::auth::AuthService;

use crate::{error::ApiError, extract::Authenticator};

#[async_trait]
impl Authenticator for AuthService {
    async fn authenticate(&self, token: &str) -> Result<Arc<Principal>, ApiError> {
        Ok(Self::authenticate(self, token).await?)
    }

    async fn require_recent(&self, principal: &Principal) -> Result<(), ApiError> {
        Ok(Self::require_recent(self, principal).await?)
    }
}
