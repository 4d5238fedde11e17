//! How outcomes of looking after a process look to clients.

use mainstay_services::system::SystemError;

use crate::error::{ApiError, ErrorCode};

impl From<SystemError> for ApiError {
    fn from(error: SystemError) -> Self {
        match error {
            SystemError::InvalidLevel => Self::new(ErrorCode::VALIDATION_FAILED).field(
                "level",
                "INVALID_LOG_LEVEL",
                "must be a level, or a filter such as info,mainstay_api=debug",
            ),
            SystemError::ForeignLogs => Self::new(ErrorCode::CONFLICT),
            SystemError::Failure(failure) => failure.into(),
        }
    }
}
