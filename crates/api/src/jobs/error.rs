//! How outcomes of looking after the queue look to clients.

use mainstay_services::jobs::JobsError;

use crate::error::{ApiError, ErrorCode};

impl From<JobsError> for ApiError {
    fn from(error: JobsError) -> Self {
        match error {
            JobsError::NotFound => Self::not_found(),
            JobsError::WrongState => Self::new(ErrorCode::CONFLICT),
            JobsError::Failure(failure) => failure.into(),
        }
    }
}
