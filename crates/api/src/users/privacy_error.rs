//! How refusals to hand over personal data look to clients.

use mainstay_services::privacy::PrivacyError;

use crate::error::{ApiError, ErrorCode};

impl From<PrivacyError> for ApiError {
    fn from(error: PrivacyError) -> Self {
        match error {
            PrivacyError::Throttled { retry_after } => {
                Self::new(ErrorCode::TOO_MANY_REQUESTS).retry_after(retry_after)
            }
            PrivacyError::Failure(failure) => failure.into(),
        }
    }
}
