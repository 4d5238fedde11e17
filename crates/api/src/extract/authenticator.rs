//! How the API learns whose token it was sent.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::Principal;

use crate::error::ApiError;

/// Tells whose access token it is; app data as `web::Data<dyn Authenticator>`.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The principal behind a bearer token.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `TOKEN_EXPIRED`, or what the store says.
    async fn authenticate(&self, token: &str) -> Result<Arc<Principal>, ApiError>;

    /// Goes on only with somebody who proved lately who they are.
    ///
    /// # Errors
    /// `REAUTHENTICATION_REQUIRED`, or what the store says.
    async fn require_recent(&self, principal: &Principal) -> Result<(), ApiError>;
}
