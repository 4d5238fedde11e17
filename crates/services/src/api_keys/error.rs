//! Outcomes of API keys other than success.

use std::time::Duration;

use mainstay_domain::Permission;
use mainstay_repositories::RepositoryError;

use crate::Failure;

/// Why a key was not let in, or nothing was changed about one.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// It is no key, or not any more; which of them is never told.
    #[error("the API key is not valid")]
    InvalidKey,
    /// The key is used too often.
    #[error("the API key is used too often")]
    RateLimited {
        /// When to try again.
        retry_after: Duration,
    },
    /// The caller is an API key itself.
    #[error("this needs a login, not an API key")]
    SessionRequired,
    /// The caller has no such key.
    #[error("no such API key")]
    NotFound,
    /// The caller has as many keys as there may be.
    #[error("too many API keys")]
    TooMany,
    /// Nothing asks for this permission.
    #[error("no such permission: {0}")]
    UnknownScope(Permission),
    /// The caller lacks this permission.
    #[error("the caller lacks {0}")]
    ScopeNotHeld(Permission),
    /// The key would have expired already.
    #[error("the expiry lies in the past")]
    ExpiryPast,
    /// The key would live longer than keys may.
    #[error("the expiry lies too far in the future")]
    ExpiryTooLate,
    /// The key would be allowed more requests than keys may make.
    #[error("the rate limit is above the server's")]
    RateLimitTooHigh,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for ApiKeyError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}
