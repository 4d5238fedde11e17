//! How the API learns whose token it was sent.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::Principal;

use crate::error::{ApiError, ErrorCode};

/// Tells whose access token it is; app data as `web::Data<dyn Authenticator>`.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The principal behind a bearer token: an access token or an API key.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `TOKEN_EXPIRED`, `TOO_MANY_REQUESTS`, or what the store says.
    async fn authenticate(&self, token: &str) -> Result<Arc<Principal>, ApiError>;

    /// Goes on only with somebody who proved lately who they are.
    ///
    /// # Errors
    /// `REAUTHENTICATION_REQUIRED`, or what the store says.
    async fn require_recent(&self, principal: &Principal) -> Result<(), ApiError>;
    /// The principal behind the value of `X-API-Key`, which must be an API key.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `TOO_MANY_REQUESTS`, or what the store says.
    async fn authenticate_api_key(&self, _key: &str) -> Result<Arc<Principal>, ApiError> {
        Err(ApiError::new(ErrorCode::UNAUTHENTICATED))
    }
}
