//! How outcomes of API keys look to clients.

use mainstay_services::api_keys::ApiKeyError;

use crate::error::{ApiError, ErrorCode};

impl From<ApiKeyError> for ApiError {
    fn from(error: ApiKeyError) -> Self {
        let refused =
            |field, code, message| Self::new(ErrorCode::VALIDATION_FAILED).field(field, code, message);
        match error {
            ApiKeyError::InvalidKey => Self::new(ErrorCode::UNAUTHENTICATED),
            ApiKeyError::RateLimited { retry_after } => {
                Self::new(ErrorCode::TOO_MANY_REQUESTS).retry_after(retry_after)
            }
            ApiKeyError::SessionRequired => Self::new(ErrorCode::SESSION_REQUIRED),
            ApiKeyError::NotFound => Self::not_found(),
            ApiKeyError::TooMany => Self::new(ErrorCode::API_KEY_LIMIT),
            ApiKeyError::UnknownScope(_) => {
                refused("scopes", "UNKNOWN_PERMISSION", "must be names of permissions")
            }
            ApiKeyError::ScopeNotHeld(_) => refused(
                "scopes",
                "PERMISSION_NOT_HELD",
                "must be permissions that you hold yourself",
            ),
            ApiKeyError::ExpiryPast => refused("expires_at", "EXPIRY_PAST", "must lie in the future"),
            ApiKeyError::ExpiryTooLate => refused(
                "expires_at",
                "EXPIRY_TOO_LATE",
                "must not be later than this server lets keys live",
            ),
            ApiKeyError::RateLimitTooHigh => refused(
                "rate_limit",
                "RATE_LIMIT_TOO_HIGH",
                "must not be above this server's limit",
            ),
            ApiKeyError::Failure(failure) => failure.into(),
        }
    }
}
